package main

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"hazptr/tools/internal/program"
	"hazptr/tools/loads/internal/pair"
)

// mostGrow is what -grow may be at most.
const mostGrow = 100_000_000_000

type options struct {
	Grow     program.Bytes   `name:"grow" default:"64MB" between:"2MB,100GB" group:"Readers and writer:" help:"size at which a file has grown enough, from 2MB to 100GB: bytes, or with kB, MB or GB"`
	Readers  int             `name:"readers" default:"${half}" between:"1,1000" group:"Readers and writer:" help:"goroutines that do Views; by default half of GOMAXPROCS"`
	Long     program.Numbers `name:"long" default:"0,1,16" between:"0,1000" group:"Readers and writer:" help:"readers that stay: numbers from 0 to 1000, with commas between, each for measurements of its own"`
	Hold     time.Duration   `name:"hold" default:"1s" between:"1us,1000h" group:"Readers and writer:" help:"time for which these keep a transaction open"`
	Duration time.Duration   `name:"duration" default:"9s" between:"100ms,1000h" group:"Measurement:" help:"time for which each of the four ways runs with each number of long readers, all rounds together"`
	Crashes  int             `name:"crashes" default:"3" between:"0,1000" group:"Measurement:" help:"workers of the patched program to kill while they write; their files are checked"`
	Tests    bool            `name:"tests" group:"Measurement:" help:"run bbolt's tests on both (go test -short ./..., with its failpoints)"`
	Picture  program.OutFile `name:"svg" placeholder:"FILE" group:"Measurement:" help:"draw the Views of the first -long that is not 0"`
	Race     bool            `name:"race" group:"Measurement:" help:"run them with the race detector, too"`
	pair.Options
}

// Check chooses what -short leaves open, and looks at the options together.
func (o *options) Check() error {
	if o.Shortens("duration") {
		o.Duration = 2 * time.Second
	}
	if o.Shortens("rounds") {
		o.Rounds = 1
	}
	if o.Shortens("crashes") {
		o.Crashes = 1
	}
	if o.Picture != "" && slices.Max(o.Long) == 0 {
		return errors.New("--svg: without long readers nothing is held up: give -long a number that is not 0")
	}
	if least := time.Duration(o.Rounds) * 100 * time.Millisecond; o.Duration < least {
		return fmt.Errorf("--duration: %v is less than 100ms for each of the %d rounds: raise it, or lower -rounds", o.Duration, o.Rounds)
	}
	return nil
}

// stages is how many things are done.
func (o *options) stages() int {
	return 2 + o.Crashes + wayCount*len(o.Long)*o.Rounds + 2*len(o.suites())
}

// suites are go test's arguments for each time that bbolt's tests run.
func (o *options) suites() (all [][]string) {
	if o.Tests {
		all = append(all, []string{"-short", "./..."})
	}
	if o.Race {
		all = append(all, []string{"-race", "-short", "./..."})
	}
	return all
}

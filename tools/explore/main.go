// Explore runs the library's scenarios through every execution that the memory
// model allows.
//
//	go run ./tools/explore -h
package main

import (
	"context"
	"errors"
	"io"
	"runtime"
	"time"

	"hazptr/tools/internal/program"
)

var exploration = program.Program[options]{
	Name: "explore",
	Purpose: `Explore runs small scenarios of the library's own code through every execution
that x86-TSO with membarrier(2) allows, up to the order of steps that commute. A
scenario that comes to a wrong end is told as a story: which thread does what in
which order.`,
	Examples: []string{
		"explore",
		"explore -run Protect -story",
		"explore -mutants all",
		"explore -run 'SharedLook/one reader' -order t0x4,t1x3,b0,t1x9",
	},
	Details: `
It is run in a checkout, and needs the go command. The scenarios are the tests
named TestExplore, in the packages whose code they explore. They run in a build
in which the library announces each atomic access, lock and fence; the sources
stay as they are.

A redundant execution was cut off, since another one has come to the same state.
A bounded scenario did not end in its time. Nothing wrong was found until then.

A mutant is the library with a rule broken on purpose. One that no scenario
refutes, though the table says that one does, is a failure.`,
	Do: func(ctx context.Context, o *options, stdout, stderr io.Writer) error {
		if len(o.Mutants) > 0 {
			return refute(ctx, o, stdout, stderr)
		}
		return explore(ctx, o, stdout, stderr)
	},
}

func main() { exploration.Main() }

// options are the command line.
type options struct {
	Run      pattern       `name:"run" default:"." placeholder:"REGEXP" group:"Scenarios:" help:"scenarios whose names match (all)"`
	Within   time.Duration `name:"within" default:"20s" between:"1ms,24h" group:"Scenarios:" help:"how long one is explored, at most"`
	Story    bool          `name:"story" group:"Scenarios:" help:"print one right execution of each, too"`
	Order    string        `name:"order" placeholder:"ORDER" group:"Scenarios:" help:"repeat the execution of one scenario that has this order, as a failure prints it"`
	Parallel int           `name:"parallel" default:"0" between:"0,1000" group:"Scenarios:" help:"how many processes run side by side; 0: as many as cores"`
	Mutants  mutants       `name:"mutants" placeholder:"LIST" group:"Mutants:" help:"refute these mutants, separated by commas, each by its scenario; all: every one that has a scenario"`
}

// Check implements what program.Program asks of options.
func (o *options) Check() error {
	switch {
	case len(o.Mutants) > 0 && o.Order != "":
		return errors.New("-order repeats an execution of the library as it is: leave -mutants out")
	case len(o.Mutants) > 0 && o.Run != ".":
		return errors.New("-run chooses scenarios, and each mutant has its own: leave -run or -mutants out")
	}
	return nil
}

func (o *options) processes() int {
	if o.Parallel > 0 {
		return o.Parallel
	}
	return runtime.GOMAXPROCS(0)
}

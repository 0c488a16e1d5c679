package main

import (
	"errors"
	"slices"
	"time"

	"hazptr/tools/internal/program"
	"hazptr/tools/loads/internal/pair"
)

type options struct {
	Iterators program.Numbers `name:"iterators" default:"0,1,2" between:"0,1000" group:"Iterators:" help:"iterators that are open: numbers from 0 to 1000, with commas between, each for measurements of its own"`
	Hold      time.Duration   `name:"hold" default:"400ms" between:"1ms,1h" group:"Iterators:" help:"time for which each stays open, at least"`
	Duration  time.Duration   `name:"duration" default:"12s" between:"100ms,1000h" group:"Measurement:" help:"time for which each copy runs with each number of iterators, in each round"`
	Crashes   int             `name:"crashes" default:"3" between:"0,1000" group:"Measurement:" help:"workers of hazptr's copy to kill while files are rewritten; their databases are checked"`
	Picture   program.OutFile `name:"svg" placeholder:"FILE" group:"Measurement:" help:"draw the bytes of the value log beside the most -iterators"`
	Tests     bool            `name:"tests" group:"Measurement:" help:"run badger's tests of iterators and of the value log on all copies, a minute each"`
	Race      bool            `name:"race" group:"Measurement:" help:"run them with the race detector, too"`
	Whole     bool            `name:"whole" group:"Measurement:" help:"run all of badger's tests in place of these, some six minutes each"`
	Busted    bool            `name:"busted" group:"Program:" help:"break the rule of hazptr's copy, and look whether that is noticed: it must end with status 1"`
	pair.Options
}

// Check chooses what -short leaves open.
func (o *options) Check() error {
	if o.Shortens("duration") {
		o.Duration = 4 * time.Second
	}
	if o.Shortens("rounds") {
		o.Rounds = 1
	}
	if o.Shortens("crashes") {
		o.Crashes = 1
	}
	if o.Picture != "" && slices.Max(o.Iterators) < 2 {
		return errors.New("--svg: nothing grows without iterators that overlap: give -iterators a number of 2 or more")
	}
	return nil
}

// stages is how many things are done with so many copies.
func (o *options) stages(copies int) int {
	return copies*(1+len(o.Iterators)*o.Rounds+len(o.suites())) + o.Crashes
}

// suites are go test's arguments for each time that badger's tests run.
func (o *options) suites() (all [][]string) {
	which := []string{"-run", "Iter|Value|V[Ll]og|GC|Drop|Discard|Close", "-skip", "TestValueGCManaged", "."}
	if o.Whole {
		which = []string{"-p", "1", "./..."}
	}
	if o.Tests {
		all = append(all, which)
	}
	if o.Race {
		all = append(all, append([]string{"-race"}, which...))
	}
	return all
}

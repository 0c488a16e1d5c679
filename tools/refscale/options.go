package main

import (
	"errors"
	"fmt"
	"time"

	"hazptr/tools/internal/against"
	"hazptr/tools/internal/bench"
	"hazptr/tools/internal/program"
	"hazptr/tools/internal/way"
)

// options are the command line. They have the names of the kernel's parameters
// where it has them.
type options struct {
	program.Given

	Types   way.ReadTypes   `name:"types" default:"all" placeholder:"LIST" group:"Readers:" help:"types, separated by commas; all: every one"`
	Readers program.Counts  `name:"nreaders" default:"1,8,32" group:"Readers:" help:"numbers of readers; each is a thread"`
	Loops   int             `name:"loops" default:"0" between:"0,1073741824" group:"Readers:" help:"read sections of each reader in a run; 0: as many as take 20 ms, or 80 ms with more readers than cores, found for each type and number of readers before the first run"`
	Delay   int             `name:"readdelay" default:"0" between:"0,1000000000" group:"Readers:" help:"nanoseconds spent idle inside each read section, in a list after the last object"`
	Shape   string          `name:"shape" default:"read" enum:"read,list" group:"Readers:" help:"read: one object; list: walk a linked list. Holders and Guards go hand over hand, with all others the walk is one section; the figures are per object"`
	Length  int             `name:"length" default:"64" between:"1,1048576" group:"Readers:" help:"objects in the list"`
	Pin     string          `name:"pin" default:"own" enum:"own,always,never" group:"Readers:" help:"own: pin readers to CPUs if each has one of its own; always: pin them round robin even if CPUs are shared, where Go often runs two of the same CPU and leaves another idle"`
	Updates int             `name:"updates" default:"0" between:"0,1000000000" group:"Updater:" help:"updates per second by one more goroutine. Each type replaces the object, in a list the first one, and ends the old one in its own way: this is how readers' retries, the fences and a waiting writer are measured. If all CPUs are busy with readers, updates come in bursts"`
	Runs    int             `name:"nruns" default:"15" between:"1,1000000" group:"Figures:" help:"runs of each type and number of readers"`
	Format  string          `name:"format" default:"table" enum:"table,json,benchfmt" group:"Figures:" help:"table, json, or benchfmt for benchstat"`
	Picture program.OutFile `name:"svg" placeholder:"FILE" group:"Figures:" help:"draw the figures, too"`
	Older   string          `name:"against" placeholder:"FILE" group:"Figures:" help:"an older build of refscale takes turns with this one, process by process; both are printed, and how they relate"`

	against *against.Plan // nil without an older build
}

const (
	sectionTime = 20 * time.Millisecond // of a run, where the loops are found
	// Each is a thread, and Go ends a program with more than 10,000.
	mostReaders = 4096
)

// Check looks at the options together.
func (o *options) Check() error {
	for _, n := range o.Readers {
		if n > mostReaders {
			return fmt.Errorf("--nreaders: %d is not between 1 and %d", n, mostReaders)
		}
	}
	if _, asked := o.Given.Given()["length"]; asked && o.Shape != "list" {
		return errors.New("--length: only a list has a length: add -shape list")
	}
	var err error
	o.against, err = against.New(o.Given.Given(), o.Types.Names(), o.Runs, readFigures)
	return err
}

// config is what to measure.
func (o *options) config() bench.Config {
	c := bench.Config{
		Types: o.Types, Readers: o.Readers, Loops: o.Loops, Section: sectionTime, Runs: o.Runs,
		Delay: time.Duration(o.Delay), Updates: o.Updates, Pin: bench.Pin(o.Pin),
	}
	if o.Shape == "list" {
		c.Length = o.Length
	}
	return c
}

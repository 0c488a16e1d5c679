package main

import (
	"time"

	"hazptr/tools/internal/program"
	"hazptr/tools/loads/internal/pair"
)

type options struct {
	Size     program.Bytes   `name:"size" default:"330MB" between:"1MB,20GB" group:"Server:" help:"bytes of the values in the database, from 1MB to 20GB: a number, or one with kB, MB or GB; 330MB make a file of 370 MB"`
	Snapshot time.Duration   `name:"snapshot" default:"5s" between:"10ms,1h" group:"Server:" help:"time in which the client of the snapshot does nothing; etcd gives requests up after 7 s"`
	Crashes  int             `name:"crashes" default:"1" between:"0,1000" group:"Measurement:" help:"how often the servers of both patched copies are killed at each of three points"`
	Picture  program.OutFile `name:"svg" placeholder:"FILE" group:"Measurement:" help:"draw Gets beside a Defragment and a snapshot"`
	Tests    bool            `name:"tests" group:"Measurement:" help:"run etcd's tests of its backend on all copies"`
	Race     bool            `name:"race" group:"Measurement:" help:"run those of defragmentation, snapshots and reads with the race detector"`
	Busted   bool            `name:"busted" group:"Program:" help:"break the patch's rule, and look whether that is noticed: it must end with status 1"`
	pair.Options
}

// Check chooses what -short leaves open.
func (o *options) Check() error {
	if o.Shortens("size") {
		o.Size = 64_000_000
	}
	if o.Shortens("snapshot") {
		o.Snapshot = 2 * time.Second
	}
	if o.Shortens("rounds") {
		o.Rounds = 1
	}
	return nil
}

// stages is how many things are done.
func (o *options) stages() int {
	arms := len(plan.Arms)
	return arms + 2 + arms*len(scenariosOf(o))*o.Rounds + o.Crashes*(arms-1)*len(points) + arms*len(o.suites())
}

// suites are go test's arguments for each time that etcd's tests run.
func (o *options) suites() (all [][]string) {
	if o.Tests {
		all = append(all, []string{"-p", "1", "./storage/backend/..."})
	}
	if o.Race {
		all = append(all, []string{"-p", "1", "-race", "-run", "Defrag|Snapshot|Concurrent|Range", "./storage/backend/..."})
	}
	return all
}

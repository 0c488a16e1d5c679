package main

import (
	"strings"
	"time"

	"hazptr/tools/internal/program"
	"hazptr/tools/loads/internal/pair"
)

type options struct {
	Volume  int             `name:"volume" default:"1000" between:"10,100000" group:"Volume:" help:"megabytes of the volume that is vacuumed without a slow client"`
	Changes int             `name:"changes" default:"100000" between:"0,10000000" group:"Volume:" help:"needles that are written between a vacuum's copy and its commit; every second of them is deleted again"`
	Readers int             `name:"readers" default:"2" between:"1,1000" group:"Readers:" help:"goroutines that read"`
	Pause   time.Duration   `name:"pause" default:"200us" between:"0s,1s" group:"Readers:" help:"time between two reads of one of them"`
	Client  time.Duration   `name:"client" default:"1s" between:"10ms,1h" group:"Readers:" help:"time that the slow client takes"`
	Crashes int             `name:"crashes" default:"${points}" between:"0,1000" group:"Measurement:" help:"workers of the patched program to kill in a commit, at one step after the other; their volumes are checked"`
	Picture program.OutFile `name:"svg" placeholder:"FILE" group:"Measurement:" help:"draw the reads beside a slow client and a vacuum"`
	Tests   bool            `name:"tests" group:"Measurement:" help:"run SeaweedFS's tests of its storage on all copies"`
	Race    bool            `name:"race" group:"Measurement:" help:"run them with the race detector, too"`
	Busted  bool            `name:"busted" group:"Program:" help:"break the patch's rule, and look whether that is noticed: it must end with status 1"`
	pair.Options
}

// Check chooses what -short leaves open.
func (o *options) Check() error {
	if o.Shortens("volume") {
		o.Volume = smallVolume
	}
	if o.Shortens("changes") {
		o.Changes = 10_000
	}
	if o.Shortens("rounds") {
		o.Rounds = 1
	}
	if o.Shortens("crashes") {
		o.Crashes = 2
	}
	return nil
}

// stages is how many things are done.
func (o *options) stages() int {
	if o.Busted {
		return 1
	}
	arms := len(plan.Arms)
	n := arms * (1 + o.Rounds*len(scenariosOf(o)) + len(o.suites()))
	if o.Crashes > 0 {
		n += 1 + o.Crashes
	}
	return n
}

// racy are tests of SeaweedFS's that have data races of their own. The first
// has one in what it tests. The others replace what looks at a disk, which
// earlier tests have left a goroutine to do each minute.
var racy = []string{
	"TestLevelDbNeedleMap_Concurrency",
	"TestCheckDiskSpaceProbesWithTheDiskTypeThreshold",
	"TestReleaseFreeLocationAfterProbeRefundsOnlyOwnCharge",
	"TestCommitFreeLocationSettlesLandedReservation",
}

// suites are go test's arguments for each time that SeaweedFS's tests run.
func (o *options) suites() (all [][]string) {
	const storage = "./weed/storage"
	if o.Tests {
		all = append(all, []string{"-trimpath", storage})
	}
	if o.Race {
		all = append(all, []string{"-trimpath", "-race", "-skip", "^(" + strings.Join(racy, "|") + ")$", storage})
	}
	return all
}

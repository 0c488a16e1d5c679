package main

import (
	"fmt"
	"time"

	"hazptr/tools/internal/program"
	"hazptr/tools/loads/internal/pair"
)

type options struct {
	Versions program.Numbers `name:"versions" default:"1,3" between:"1,3" group:"Repository:" help:"versions of the repository's format: numbers from 1 to 3, with commas between, each for measurements of its own"`
	Contents int             `name:"contents" default:"200000" between:"2000,100000000" group:"Repository:" help:"contents in the repository"`
	Listing  time.Duration   `name:"listing" default:"2s" between:"1ms,1h" group:"Repository:" help:"time that a listing takes, at least"`
	Every    time.Duration   `name:"every" default:"500ms" between:"1ms,1h" group:"Repository:" help:"time between a compaction and the next"`
	Duration time.Duration   `name:"duration" default:"3s" between:"100ms,1000h" group:"Measurement:" help:"time for which each program works in a round, and then until its listing ends"`
	Patience time.Duration   `name:"patience" default:"10s" between:"1s,1000h" group:"Measurement:" help:"time without a lookup after which a program hangs"`
	Crashes  int             `name:"crashes" default:"3" between:"0,1000" group:"Measurement:" help:"workers of the hazptr copy to kill while they compact; their repository is read by the original"`
	Tests    bool            `name:"tests" group:"Measurement:" help:"run kopia's tests on all copies (go test -short ./repo/content/...)"`
	Race     bool            `name:"race" group:"Measurement:" help:"run them with the race detector, too"`
	Busted   bool            `name:"busted" group:"Program:" help:"let the Guards end before the listing begins, and look whether that is noticed: it must end with status 1"`
	pair.Options
}

// Check chooses what -short leaves open, and looks at the options together.
func (o *options) Check() error {
	for name, choose := range map[string]func(){
		"rounds":   func() { o.Rounds = 2 },
		"versions": func() { o.Versions = program.Numbers{3} },
		"listing":  func() { o.Listing = time.Second },
		"duration": func() { o.Duration = 2 * time.Second },
		"patience": func() { o.Patience = 5 * time.Second },
		"crashes":  func() { o.Crashes = 1 },
	} {
		if o.Shortens(name) {
			choose()
		}
	}
	if o.Patience < 2*o.Listing {
		return fmt.Errorf("--patience: %v is less than two listings of %v: raise it, or lower -listing", o.Patience, o.Listing)
	}
	return nil
}

// stages is how many things are done with so many copies.
func (o *options) stages(copies int) int {
	n := copies + len(o.Versions) + len(scenariosOf(o))*copies*o.Rounds
	if o.Busted {
		return n
	}
	if o.Crashes > 0 {
		n += len(o.Versions) * (1 + o.Crashes)
	}
	return n + copies*len(o.suites())
}

// suites are go test's arguments for each time that kopia's tests run.
func (o *options) suites() (all [][]string) {
	if o.Tests {
		all = append(all, []string{"-short", "./repo/content/..."})
	}
	if o.Race {
		all = append(all, []string{"-race", "-short", "./repo/content/..."})
	}
	return all
}

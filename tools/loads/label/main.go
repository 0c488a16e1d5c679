// Label is a web server whose every request asks a security label that can be
// replaced at any time, and compares ways to keep it until its last request:
//
//	go run ./tools/loads/label -h
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"hazptr/internal/command"
	"hazptr/tools/internal/program"
	"hazptr/tools/loads/internal/contest"
	"hazptr/tools/loads/internal/summary"
)

type options struct {
	Ways    chosen          `name:"ways" default:"all" group:"Work:" help:"ways to run, separated by commas; all: each that works"`
	Do      done            `name:"do" default:"all" group:"Work:" help:"what is done behind a check, separated by commas; all: each"`
	Rates   program.Numbers `name:"replace" default:"0,10,1000" between:"0,100000" group:"Work:" help:"how often per second the policy is replaced, separated by commas"`
	Workers int             `name:"workers" default:"${processors}" between:"1,1000" group:"Work:" help:"goroutines that ask; GOMAXPROCS unless given"`
	Folder  string          `name:"dir" default:"${temporary}" group:"Work:" help:"where the site's files are, in a folder that is removed at the end"`
	Profile time.Duration   `name:"profile" default:"2s" between:"0s,1h" group:"Rounds:" help:"how long to profile each of refcnt-cond and hazptr; 0s: not at all"`

	contest.Options
}

// Check looks at the options together.
func (o *options) Check() error {
	if o.Short && !o.Has("profile") {
		o.Profile = 500 * time.Millisecond
	}
	if o.Profile > 0 && o.Profile < 100*time.Millisecond {
		return fmt.Errorf("--profile: %v is too short for a profile: want 100ms to 1h, or 0s for none", o.Profile)
	}
	return o.Settle(120*time.Millisecond, 2, 10*time.Millisecond)
}

var label = program.Program[options]{
	Name: "label",
	Purpose: `Label is a web server whose every request asks a security label that can be
replaced at any time, as the Linux kernel's AppArmor has it: the case with which
hazard pointers were proposed to the kernel. The label holds a policy: rules for
paths compiled to an automaton in memory outside the Go heap, which is given
back at the policy's end.`,
	Examples: []string{
		"label",
		"label -short -ways refcnt-cond,hazptr -do bare,open",
		"label -replace 1000 -do http -format json",
		"label -ways busted",
	},
	Details: "\nWays:\n" + contest.List(ways) + `
What is done:
  bare  the policy is asked, and no more
  open  it is asked, and the file opened and closed, as will-it-scale's open1
        does
  http  net/http's file server on the loopback interface answers, whose clients
        keep one connection each

What is checked:
  Each verdict is compared with the one that the page must have, each page with
  its file. To ask a policy that has ended is a fault, or finds another
  edition's number there. Any such finding ends the program with status 1. -ways
  busted shows it.

What is measured:
  The ways take turns in rounds. Figures are the median round's. Where one way
  was ahead in some rounds and behind in others, the verdict is that no
  difference was seen. The share of the CPU time that the label takes is read
  from a profile. It bounds what any way can gain.
`,
	Vars: map[string]string{
		"duration": "600ms", "rounds": "4", "each": "each way does each thing at each rate",
		"short": "the default -duration is 120ms, in 2 of -rounds, with a -profile of 500ms",
	},
	Do: compare,
}

func main() { label.Main() }

// compare measures, in a folder that it removes, and prints.
func compare(ctx context.Context, o *options, stdout, stderr io.Writer) (err error) {
	folder, remove, err := command.WorkFolder(o.Folder, "hazptr-label-*")
	if err != nil {
		return fmt.Errorf("no folder to work in, which -dir chooses: %w", err)
	}
	defer func() { err = errors.Join(err, remove()) }()
	t, err := newTrial(folder, o.Workers)
	if err != nil {
		return err
	}
	cells := contest.Cells(o.Do, o.Rates, o.Ways)
	toProfile := profiled(o)
	begin, end := program.Stages(o.Rounds*len(cells)+len(toProfile), stderr)
	defer end()
	t.duration = o.Round()
	results, err := contest.Hold(ctx, o.Rounds, cells, begin, t.round)
	if err != nil {
		return err
	}
	var shares []share
	t.duration = o.Profile
	for _, c := range toProfile {
		begin(fmt.Sprintf("profiling %v", c))
		s, err := t.shareOf(ctx, c)
		if err != nil {
			return fmt.Errorf("%v: %w", c, err)
		}
		shares = append(shares, s)
	}
	end()
	r := newReport(o, results, shares)
	return summary.Write(stdout, o.Format, r)
}

// Loads runs the programs beside it and prints one table of them. Its -h tells
// more.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"hazptr/internal/command"
	"hazptr/tools/internal/program"
	"hazptr/tools/loads/internal/patch"
	"hazptr/tools/loads/internal/summary"
)

var programs = program.Program[options]{
	Name: "loads",
	Purpose: `Loads runs programs that were not written for hazptr, before and after: what
hurts them, how many lines it takes to mend it, and what is gained. Where
nothing is gained, it says so.`,
	Examples: []string{
		"loads all",
		"loads -full all losses",
		"loads -out= bbolt mmdb",
	},
	Details: "Loads: what hurts → what takes its place. How long the short form takes, and\n-full, on two cores; what is downloaded the first time.\n" + program.List(12, describe(false)) + `
Losses, which all leaves out: what is gained is not seen in the whole program.
` + program.List(12, describe(true)) + `
It runs them one after the other, prints a table, and draws the pictures of the
loads that have one; go run ./tools/loads/NAME -h tells more of each. The first
time takes some minutes more: programs are downloaded and built.`,
	Do: runAll,
}

func main() { programs.Main() }

// options are the command line.
type options struct {
	Loads []string `arg:"" optional:"" name:"load" help:"names of loads, of those below; all: those where something is gained; losses: the others"`
	Full  bool     `name:"full" group:"Options:" help:"run the long forms"`
	Out   string   `name:"out" default:"loads-figures" placeholder:"FOLDER" group:"Options:" help:"folder to make, for loads.md, loads.json and the pictures (${default}); none if empty"`

	loads []load
}

// Check looks the loads up.
func (o *options) Check() (err error) {
	if len(o.Loads) == 0 {
		return errors.New("which loads? all, or names, such as: go run ./tools/loads bbolt mmdb")
	}
	o.loads, err = loadsNamed(o.Loads)
	return err
}

const perLoad = 1000 // steps of the bar

// building is the first stage of a load.
func building(title string) string { return "building " + title + ", the first time some minutes" }

// runAll runs the loads. One that fails doesn't keep the others from running.
func runAll(ctx context.Context, o *options, stdout, stderr io.Writer) (err error) {
	library, err := patch.Library(ctx)
	if err != nil {
		return err
	}
	if o.Out != "" { // better now than after some minutes
		if err := checkFolder(o.Out, o.loads); err != nil {
			return fmt.Errorf("-out: %w", err)
		}
	}
	// For what the loads would leave.
	_, remove, err := command.WorkFolder(os.TempDir(), "hazptr-loads-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, remove()) }()
	bar := program.NewBar(stderr, perLoad*len(o.loads))
	defer bar.Clear()
	program.Announce(stderr, building(o.loads[0].title()))
	var all []*summary.Summary
	var failed []error
	for i, l := range o.loads {
		title := l.title()
		if len(o.loads) > 1 {
			title += fmt.Sprintf(" (%d of %d)", i+1, len(o.loads))
		}
		bar.At(perLoad*i, building(title))
		s, err := l.run(ctx, library, o.Full, func(done, of int, stage string) {
			bar.At(perLoad*i+perLoad*done/of, title+", "+stage)
		})
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err == nil && !s.OK {
			err = fmt.Errorf("%s: it says that something is wrong", l.title())
		}
		if err != nil {
			failed = append(failed, err)
		} else {
			all = append(all, s)
		}
	}
	bar.Clear()
	if len(all) > 0 {
		if err := writeTable(stdout, all); err != nil {
			return err
		}
		where := "No files are written, since -out is empty."
		if o.Out != "" {
			if err := writeFiles(o.Out, all); err != nil {
				return fmt.Errorf("-out: %w", err)
			}
			where = fmt.Sprintf("Tables, figures and pictures are in %s.", o.Out)
		}
		if _, err := fmt.Fprintln(stdout, where); err != nil {
			return err
		}
	}
	return errors.Join(failed...)
}

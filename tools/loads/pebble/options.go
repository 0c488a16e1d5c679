package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"hazptr/internal/command"
)

type options struct {
	dir       string
	benchtime time.Duration
	rounds    int
	busted    bool
	tests     bool
	diff      bool
	short     bool
	format    string
	args      []string // as given
}

const introduction = `pebble's readers, Gets and iterators, hold the state that they read (the version and the memtables) by a read lock and a
reference count. Its authors write that it is difficult to do better "without something like thread-local storage which
isn't available in Go". This program takes pebble ` + pebbleVersion + ` and a copy of it whose readers have a hazard pointer in
place of both, and runs both.

Usage: go run ./tools/loads/pebble [flags]

    go run ./tools/loads/pebble            a minute and a half, and two more to build it the first time
    go run ./tools/loads/pebble -tests     tests of pebble's own, too, on both; some minutes more
    go run ./tools/loads/pebble -diff      what is changed
    go run ./tools/loads/pebble -busted    the patch with its rule broken: must be noticed, and end with status 1

Measured are pebble's own BenchmarkReadState, which does nothing but to hold a state and let it go, or to replace it; and
what a program sees of that: Gets and iterators on an in-memory file system, while a writer has memtables flushed and
compacted. Every value is verified.

Before anything is measured readers hold states while others replace them, in both copies; a state that ends while it is
held, a wrong value, a leak, or a Close that does not tell of one ends the program with status 1. So does a test of
pebble's that fails in the copy and not in the original.

Flags:
`

func parseOptions(args []string, stdout io.Writer) (*options, error) {
	o := &options{args: args}
	flags := flag.NewFlagSet("pebble", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // errors are returned, and written once
	flags.StringVar(&o.dir, "dir", os.TempDir(), "`folder` for the copies, in a folder that is removed at the end; 60 MB")
	flags.DurationVar(&o.benchtime, "benchtime", 500*time.Millisecond, "how long each benchmark runs in a round")
	flags.IntVar(&o.rounds, "rounds", 5, "how many rounds, in which the copies take turns")
	flags.BoolVar(&o.busted, "busted", false, "break the patch's rule, and only look whether it is noticed")
	flags.BoolVar(&o.tests, "tests", false, "run pebble's tests of reads, iterators, snapshots, flushes and compactions on both")
	flags.BoolVar(&o.diff, "diff", false, "only print what is changed")
	flags.BoolVar(&o.short, "short", false, "the default -benchtime is 50ms, in 2 of -rounds")
	flags.StringVar(&o.format, "format", "table", "`table` or json")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		io.WriteString(stdout, introduction)
		flags.SetOutput(stdout)
		flags.PrintDefaults()
		return nil, command.ErrHelp
	} else if err != nil {
		return nil, err
	}
	given := map[string]bool{}
	flags.Visit(func(f *flag.Flag) { given[f.Name] = true })
	if o.short && !given["benchtime"] {
		o.benchtime = 50 * time.Millisecond
	}
	if o.short && !given["rounds"] {
		o.rounds = 2
	}
	return o, o.check(flags.Args())
}

func (o *options) check(rest []string) error {
	if len(rest) > 0 {
		return fmt.Errorf("unexpected argument %q", strings.Join(rest, " "))
	}
	if o.rounds < 1 || o.rounds > 1000 {
		return fmt.Errorf("-rounds %d: must be from 1 to 1000", o.rounds)
	}
	if o.benchtime < time.Millisecond || o.benchtime > time.Hour {
		return fmt.Errorf("-benchtime %v: must be from 1ms to an hour", o.benchtime)
	}
	if o.format != "table" && o.format != "json" {
		return fmt.Errorf("-format %q: must be table or json", o.format)
	}
	return nil
}

package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"time"

	"hazptr/internal/command"
)

type options struct {
	dir      string
	kinds    []kind
	methods  []method
	workers  int
	freezes  int
	duration time.Duration
	rounds   int
	short    bool
	format   string
	args     []string // as given, like the two below
	io       string
	ways     string
}

const introduction = `gate does I/O on a real file through a queue that is frozen again and again, to put another file in the place of the
present one: what the Linux block layer has its q_usage_counter for. Who does I/O enters a gate and leaves it; who
freezes the queue waits until nobody is inside.

Usage: go run ./tools/loads/gate [flags]

Ways:
`

const explanation = `
Kinds of I/O (-io): empty does nothing inside, so that entering and leaving is all that is measured; small reads 512 bytes, mixed reads or writes 4 kB, of files that are in the page cache.

Files are changed for real: the next one gets the descriptor that the one before had. An I/O that is inside when it must not
be finds another file's block, or writes one there, or sees that the queue is frozen; blocks have marks and checksums, and
all are read at the end. Any such finding ends the program with status 1. -ways busted shows it.

An I/O is timed from the end of the worker's previous one (of empty ones 64 together): whatever held it up counts. A freeze is timed until nobody is
inside. The ways take turns in rounds; I/Os per second are the median round's. Where one way was ahead in some rounds and
behind in others, the verdict is that no difference was seen.

Flags:
`

func parseOptions(args []string, stdout io.Writer) (*options, error) {
	o := &options{args: args}
	flags := flag.NewFlagSet("gate", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // errors are returned, and written once
	flags.StringVar(&o.dir, "dir", os.TempDir(), "`folder` for the files, in a folder that is removed at the end")
	flags.StringVar(&o.io, "io", "all", "`list` of kinds of I/O, with commas between: empty, small, mixed")
	flags.StringVar(&o.ways, "ways", "all", "`list` of ways to run, with commas between")
	flags.IntVar(&o.workers, "workers", runtime.GOMAXPROCS(0), "how many goroutines do I/O; GOMAXPROCS unless given")
	flags.IntVar(&o.freezes, "freezes", 100, "how often per second the queue is frozen")
	flags.DurationVar(&o.duration, "duration", 3*time.Second, "how long each way runs with each kind, all rounds together")
	flags.IntVar(&o.rounds, "rounds", 6, "how many rounds the duration is divided into, in which all take turns")
	flags.BoolVar(&o.short, "short", false, "the default -duration is 1s, in 3 of -rounds")
	flags.StringVar(&o.format, "format", "table", "`table` or json")

	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		io.WriteString(stdout, introduction)
		for _, m := range methods {
			fmt.Fprintf(stdout, "  %-12s %s\n", m.name, m.summary)
		}
		io.WriteString(stdout, explanation)
		flags.SetOutput(stdout)
		flags.PrintDefaults()
		return nil, command.ErrHelp
	} else if err != nil {
		return nil, err
	}
	given := map[string]bool{}
	flags.Visit(func(f *flag.Flag) { given[f.Name] = true })
	if o.short && !given["duration"] {
		o.duration = time.Second
	}
	if o.short && !given["rounds"] {
		o.rounds = 3
	}
	return o, o.check(flags.Args())
}

func (o *options) check(rest []string) error {
	if len(rest) > 0 {
		return fmt.Errorf("unexpected argument %q", strings.Join(rest, " "))
	}
	for _, limit := range []struct {
		name            string
		value, min, max int
	}{
		{"workers", o.workers, 1, 1000},
		{"freezes", o.freezes, 0, 100_000},
		{"rounds", o.rounds, 1, 1000},
	} {
		if limit.value < limit.min || limit.value > limit.max {
			return fmt.Errorf("-%s %d: must be from %d to %d", limit.name, limit.value, limit.min, limit.max)
		}
	}
	if o.duration < time.Duration(o.rounds)*10*time.Millisecond {
		return fmt.Errorf("-duration %v: must be at least 10ms for each of the %d rounds", o.duration, o.rounds)
	}
	if o.format != "table" && o.format != "json" {
		return fmt.Errorf("-format %q: must be table or json", o.format)
	}
	var err error
	if o.methods, err = methodsNamed(o.ways); err != nil {
		return fmt.Errorf("-ways: %w", err)
	}
	if o.kinds, err = kindsNamed(o.io); err != nil {
		return fmt.Errorf("-io: %w", err)
	}
	return nil
}

// kindsNamed returns the kinds of a list, in their own order; "all" means all.
func kindsNamed(list string) (chosen []kind, err error) {
	wanted := map[string]bool{}
	for name := range strings.SplitSeq(list, ",") {
		wanted[strings.TrimSpace(name)] = true
	}
	for k := range kindCount {
		if wanted["all"] || wanted[k.String()] {
			chosen = append(chosen, k)
		}
		delete(wanted, k.String())
	}
	delete(wanted, "all")
	for name := range wanted {
		return nil, fmt.Errorf("unknown kind %q; there are empty, small, mixed and all", name)
	}
	return chosen, nil
}

package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"runtime"
	"strings"
	"time"

	"hazptr/internal/command"
	"hazptr/internal/filecheck"
)

type options struct {
	db       string
	networks int
	methods  []method
	ways     string // as given
	readers  int
	reloads  int
	duration time.Duration
	rounds   int
	heap     int // MiB
	http     bool
	short    bool
	args     []string // as given
	format   string
}

const introduction = `mmdb looks IP addresses up in a memory-mapped MaxMind database while an updater replaces it, in several ways of
keeping a mapping until its last reader has left. Old mappings are really unmapped: a reader that is too late
crashes the program, or finds another file's bytes at the same address.

Usage: go run ./tools/loads/mmdb [flags]

    go run ./tools/loads/mmdb          half a minute
    go run ./tools/loads/mmdb -http    the same behind an HTTP server; about a minute

Ways:
`

const explanation = `
Without -db it generates a database of made-up networks, in three editions that differ in a number that every
record carries, and keeps them in your cache folder. With -db it maps that file again and again; a lookup then
reads the whole record, whatever it has, and not some fields of it.

Every answer is compared with the one that a copy of the file in memory has for the same address, and its edition with
that of the database that was asked; with -db all mappings hold the same bytes, so there only crashes, errors and
the mark that a database gets before it is unmapped tell of late readers. Any such finding ends the program with
status 1, but for the way unsafe, where it is what is to be shown.

A lookup is timed from the end of the reader's previous one: it includes finding and releasing the database,
decoding the record, checking it, and whatever held the reader up. A reload is timed as the updater sees it, from
opening the next file to being free for other work. With -http a lookup is a request: each reader is a client that keeps one
connection to a server of this process, which answers in JSON; hazptr has a Holder for each connection. The ways take turns in rounds; lookups per second are the
median round's, with the slowest and fastest. Where one way was ahead in some rounds and behind in others, the verdict
is that no difference was seen; behind an HTTP server that is to be expected, for a request costs a hundred lookups.
`

func parseOptions(args []string, stdout io.Writer) (*options, error) {
	o := &options{args: args}
	flags := flag.NewFlagSet("mmdb", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // errors are returned, and written once
	flags.StringVar(&o.db, "db", "", "look up in this database `file`, of any shape, instead of a generated one")
	flags.IntVar(&o.networks, "networks", 200_000, "how many networks a generated database has")
	flags.StringVar(&o.ways, "ways", "all", "`list` of ways to run, with commas between")
	flags.IntVar(&o.readers, "readers", runtime.GOMAXPROCS(0), "how many goroutines look up; GOMAXPROCS unless given")
	flags.IntVar(&o.reloads, "reloads", 100, "how often per second the database is replaced")
	flags.DurationVar(&o.duration, "duration", 6*time.Second, "how long each way runs, all rounds together")
	flags.IntVar(&o.rounds, "rounds", 4, "how many rounds the duration is divided into")
	flags.IntVar(&o.heap, "heap", 64, "how many `MiB` of live Go heap the program holds besides, as a server does: the more,\nthe longer the garbage collector, and with it the way gc, may wait")
	flags.BoolVar(&o.http, "http", false, "look up behind an HTTP server; the default -duration is 10s then, for 1000 reloads")
	flags.BoolVar(&o.short, "short", false, "the default -duration is 1s, in 2 of -rounds")
	flags.StringVar(&o.format, "format", "table", "`table` or json")

	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		io.WriteString(stdout, introduction)
		for _, m := range methods {
			fmt.Fprintf(stdout, "  %-13s %s\n", m.name, m.summary)
		}
		io.WriteString(stdout, explanation+"\nFlags:\n")
		flags.SetOutput(stdout)
		flags.PrintDefaults()
		return nil, command.ErrHelp
	} else if err != nil {
		return nil, err
	}
	given := map[string]bool{}
	flags.Visit(func(f *flag.Flag) { given[f.Name] = true })
	if given["db"] {
		if err := filecheck.ForReading(o.db); err != nil {
			return nil, fmt.Errorf("-db: %w", err)
		}
	}
	switch {
	case given["duration"]:
	case o.short:
		o.duration = time.Second
	case o.http:
		o.duration = 10 * time.Second
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
	for _, limit := range []struct {
		name            string
		value, min, max int
	}{
		{"networks", o.networks, 1, mostNetworks},
		{"readers", o.readers, 1, 10_000},
		{"reloads", o.reloads, 1, 100_000},
		{"rounds", o.rounds, 1, 1000},
		{"heap", o.heap, 0, 1 << 20},
	} {
		if limit.value < limit.min || limit.value > limit.max {
			return fmt.Errorf("-%s %d: must be from %d to %d", limit.name, limit.value, limit.min, limit.max)
		}
	}
	if o.duration < time.Duration(o.rounds)*time.Millisecond {
		return fmt.Errorf("-duration %v: must be at least a millisecond for each of the %d rounds", o.duration, o.rounds)
	}
	if o.format != "table" && o.format != "json" {
		return fmt.Errorf("-format %q: must be table or json", o.format)
	}
	var err error
	if o.methods, err = methodsNamed(o.ways); err != nil {
		return fmt.Errorf("-ways: %w", err)
	}
	return nil
}

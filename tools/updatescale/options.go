package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"time"

	"hazptr/internal/filecheck"
	"hazptr/tools/internal/against"
	"hazptr/tools/internal/ending"
)

// options are the command line, checked.
type options struct {
	config config
	format format
	svg    string

	against *against.Plan // nil without an older build
}

const (
	mostReaders = 4096 // each is a thread, and Go ends a program with more than 10,000
	mostObjects = 10_000_000
	mostBytes   = 1 << 38 // so that those of all objects can be added up
)

// parse returns the options, or nil and the exit status: 0 when it has printed the help, 2 when it has printed what is wrong.
func parse(args []string, stdout, stderr io.Writer) (*options, int) {
	o := new(options)
	c := &o.config
	flags := flag.NewFlagSet("updatescale", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	types := flags.String("types", "all", "")
	flags.IntVar(&c.writers, "nwriters", 1, "")
	flags.IntVar(&c.readers, "nreaders", 1, "")
	flags.IntVar(&c.workers, "workers", 0, "")
	flags.IntVar(&c.hazards, "hazards", 0, "")
	flags.IntVar(&c.objects, "objects", 1_000_000, "")
	flags.BoolVar(&c.stall, "stall", false, "")
	flags.DurationVar(&c.reclaim, "reclaim", 0, "")
	flags.Int64Var(&c.bytes, "bytes", 4096, "")
	flags.IntVar(&c.rate, "rate", 1000, "")
	flags.IntVar(&c.runs, "nruns", 3, "")
	flags.DurationVar(&c.duration, "duration", 200*time.Millisecond, "")
	form := flags.String("format", "table", "")
	flags.StringVar(&o.svg, "svg", "", "")
	older := flags.String("against", "", "")
	err := flags.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		help(stdout)
		return nil, 0
	}
	check := func(name string, e error) {
		if err == nil && e != nil {
			err = fmt.Errorf("-%s: %w", name, e)
		}
	}
	if err == nil && flags.NArg() > 0 {
		err = fmt.Errorf("unexpected argument %q; all options are flags", flags.Arg(0))
	}
	var e error
	c.types, e = parseTypes(*types)
	check("types", e)
	check("nwriters", between(c.writers, 1, 256))
	check("nreaders", between(c.readers, 0, mostReaders))
	check("workers", between(c.workers, 0, 4096))
	check("hazards", between(c.hazards, 0, 1_000_000))
	check("objects", between(c.objects, 1, mostObjects))
	if c.objects < c.writers {
		check("objects", fmt.Errorf("%d are too few for -nwriters %d: each writer needs one", c.objects, c.writers))
	}
	check("reclaim", between(c.reclaim, 0, time.Second))
	check("bytes", between(c.bytes, 0, mostBytes))
	check("rate", between(c.rate, 1, 1_000_000))
	check("nruns", between(c.runs, 1, 10_000))
	check("duration", between(c.duration, time.Millisecond, time.Minute))
	if paced := c.duration.Seconds() * float64(c.rate); paced < 1 {
		check("rate", fmt.Errorf("%d a second is less than one update in -duration %v: raise one of them", c.rate, c.duration))
	} else if paced > mostObjects {
		check("rate", fmt.Errorf("%d a second is more than %d updates in -duration %v: lower one of them", c.rate, mostObjects, c.duration))
	}
	flags.Visit(func(f *flag.Flag) {
		if f.Name == "svg" {
			check("svg", filecheck.ForWriting(o.svg))
		}
	})
	o.format, e = parseFormat(*form)
	check("format", e)
	o.against, e = against.New(flags, *older, names(c.types), c.runs, readFigures)
	check("against", e)
	if err != nil {
		fmt.Fprintf(stderr, "updatescale: %v\nupdatescale -h explains the flags\n", err)
		return nil, 2
	}
	return o, 0
}

func names(types []ending.Type) (names []string) {
	for _, t := range types {
		names = append(names, t.Name)
	}
	return names
}

func parseTypes(list string) ([]ending.Type, error) {
	if list == "all" {
		return ending.Table(), nil
	}
	names := strings.Split(list, ",")
	for i := range names {
		names[i] = strings.TrimSpace(names[i])
	}
	return ending.Select(names)
}

func between[T int | int64 | time.Duration](n, least, most T) error {
	if n < least || n > most {
		return fmt.Errorf("%v is not between %v and %v", n, least, most)
	}
	return nil
}

package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"hazptr/internal/filecheck"
	"hazptr/tools/internal/against"
	"hazptr/tools/internal/bench"
	"hazptr/tools/internal/mechanism"
	"hazptr/tools/internal/report"
)

// options are the command line, checked.
type options struct {
	config bench.Config
	format report.Format
	svg    string

	against *against.Plan // nil without an older build
}

const (
	sectionTime = 20 * time.Millisecond // of a run, where -loops is auto
	mostReaders = 4096                  // each is a thread, and Go ends a program with more than 10,000
	mostLength  = 1 << 20
)

// parse returns the options, or nil and the exit status: 0 when it has printed the help, 2 when it has printed what is wrong.
func parse(args []string, stdout, stderr io.Writer) (*options, int) {
	flags := flag.NewFlagSet("refscale", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	var (
		types     = flags.String("types", "all", "")
		nreaders  = flags.String("nreaders", "1,8,32", "")
		loops     = flags.String("loops", "auto", "")
		nruns     = flags.Int("nruns", 15, "")
		readdelay = flags.Int("readdelay", 0, "")
		updates   = flags.Int("updates", 0, "")
		shape     = flags.String("shape", "read", "")
		length    = flags.Int("length", 64, "")
		pin       = flags.String("pin", "own", "")
		format    = flags.String("format", "table", "")
		svg       = flags.String("svg", "", "")
		older     = flags.String("against", "", "")
	)
	err := flags.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		help(stdout)
		return nil, 0
	}
	o := &options{svg: *svg}
	c := &o.config
	c.Section = sectionTime
	check := func(name string, e error) {
		if err == nil && e != nil {
			err = fmt.Errorf("-%s: %w", name, e)
		}
	}
	if err == nil && flags.NArg() > 0 {
		err = fmt.Errorf("unexpected argument %q; all options are flags", flags.Arg(0))
	}
	var e error
	c.Types, e = parseTypes(*types)
	check("types", e)
	c.Readers, e = parseCounts(*nreaders, mostReaders)
	check("nreaders", e)
	if *loops != "auto" {
		c.Loops, e = parseCount(*loops, 1<<30)
		check("loops", e)
	}
	c.Runs = *nruns
	check("nruns", within(*nruns, 1, 1_000_000))
	c.Delay = time.Duration(*readdelay)
	check("readdelay", within(*readdelay, 0, 1_000_000_000))
	c.Updates = *updates
	check("updates", within(*updates, 0, 1_000_000_000))
	check("length", within(*length, 1, mostLength))
	switch *shape {
	case "read":
		flags.Visit(func(f *flag.Flag) {
			if f.Name == "length" {
				check("length", errors.New("only a list has a length: add -shape list"))
			}
		})
	case "list":
		c.Length = *length
	default:
		check("shape", fmt.Errorf("%q is none of read, list", *shape))
	}
	flags.Visit(func(f *flag.Flag) {
		if f.Name == "svg" {
			check("svg", filecheck.ForWriting(o.svg))
		}
	})
	c.Pin, e = bench.ParsePin(*pin)
	check("pin", e)
	o.format, e = report.ParseFormat(*format)
	check("format", e)
	o.against, e = against.New(flags, *older, names(c.Types), c.Runs, readFigures)
	check("against", e)
	if err != nil {
		fmt.Fprintf(stderr, "refscale: %v\nrefscale -h explains the flags\n", err)
		return nil, 2
	}
	return o, 0
}

func names(types []mechanism.Type) (names []string) {
	for _, t := range types {
		names = append(names, t.Name)
	}
	return names
}

func parseTypes(list string) ([]mechanism.Type, error) {
	if list == "all" {
		return mechanism.Table(), nil
	}
	return mechanism.Select(fields(list))
}

// fields returns what stands between the commas.
func fields(list string) []string {
	f := strings.Split(list, ",")
	for i := range f {
		f[i] = strings.TrimSpace(f[i])
	}
	return f
}

// parseCounts returns each count once, in the order given.
func parseCounts(list string, most int) ([]int, error) {
	var counts []int
	seen := make(map[int]bool)
	for _, f := range fields(list) {
		n, err := parseCount(f, most)
		if err != nil {
			return nil, err
		}
		if !seen[n] {
			seen[n] = true
			counts = append(counts, n)
		}
	}
	return counts, nil
}

func parseCount(s string, most int) (int, error) {
	n, err := strconv.Atoi(s)
	if errors.Is(err, strconv.ErrSyntax) {
		return 0, fmt.Errorf("%q is not a number", s)
	}
	return n, within(n, 1, most)
}

func within(n, least, most int) error {
	if n < least || n > most {
		return fmt.Errorf("%d is not between %d and %d", n, least, most)
	}
	return nil
}

package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"

	"hazptr/internal/command"
)

type options struct {
	dir      string
	kinds    []kind
	rates    []int
	methods  []method
	workers  int
	duration time.Duration
	rounds   int
	profile  time.Duration
	short    bool
	format   string
	args     []string // as given, like the three below
	do       string
	ways     string
	replace  string
}

const introduction = `label is a web server whose every request asks a security label that can be replaced at any time, as the Linux kernel's
AppArmor has it: the case with which hazard pointers were proposed to the kernel. The label holds a policy, rules for
paths compiled to an automaton in memory outside the Go heap, which is given back at the policy's end.

Usage: go run ./tools/loads/label [flags]

Ways:
`

const explanation = `
What is done (-do): bare asks the policy and does nothing else; open asks it and opens and closes the file, as will-it-scale's
open1 does; http is net/http's file server on the loopback interface, whose clients keep one connection each. -replace is how
often per second the policy is replaced meanwhile.

Each verdict is compared with the one that the page must have, each page with its file. Who asks a policy that has ended
faults, or finds another edition's number there. Any such finding ends the program with status 1; -ways busted shows it.

The ways take turns in rounds. Figures are the median round's; where one way was ahead in some rounds and behind in others,
the verdict is that no difference was seen. The share of the CPU time that the label takes is read from a profile
(-profile); it bounds what any way can gain.

Flags:
`

func parseOptions(args []string, stdout io.Writer) (*options, error) {
	o := &options{args: args}
	flags := flag.NewFlagSet("label", flag.ContinueOnError)
	flags.SetOutput(io.Discard) // errors are returned, and written once
	flags.StringVar(&o.dir, "dir", os.TempDir(), "`folder` for the site's files, in a folder that is removed at the end")
	flags.StringVar(&o.do, "do", "all", "`list` of what is done behind a check, with commas between: bare, open, http")
	flags.StringVar(&o.replace, "replace", "0,10,1000", "`list` of how often per second the policy is replaced")
	flags.StringVar(&o.ways, "ways", "all", "`list` of ways to run, with commas between")
	flags.IntVar(&o.workers, "workers", runtime.GOMAXPROCS(0), "how many goroutines ask; GOMAXPROCS unless given")
	flags.DurationVar(&o.duration, "duration", 600*time.Millisecond, "how long each way does each thing at each rate, all rounds together")
	flags.IntVar(&o.rounds, "rounds", 4, "how many rounds the duration is divided into, in which all take turns")
	flags.DurationVar(&o.profile, "profile", 2*time.Second, "how long to profile each of refcnt-cond and hazptr; 0: not at all")
	flags.BoolVar(&o.short, "short", false, "the default -duration is 120ms, in 2 of -rounds, with a -profile of 500ms")
	flags.StringVar(&o.format, "format", "table", "`table` or json")

	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		io.WriteString(stdout, introduction)
		for _, m := range methods {
			fmt.Fprintf(stdout, "  %-13s %s\n", m.name, m.summary)
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
	if o.short {
		for name, value := range map[string]string{"duration": "120ms", "rounds": "2", "profile": "500ms"} {
			if !given[name] {
				if err := flags.Set(name, value); err != nil {
					return nil, err
				}
			}
		}
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
		{"rounds", o.rounds, 1, 1000},
	} {
		if limit.value < limit.min || limit.value > limit.max {
			return fmt.Errorf("-%s %d: must be from %d to %d", limit.name, limit.value, limit.min, limit.max)
		}
	}
	if o.duration < time.Duration(o.rounds)*10*time.Millisecond {
		return fmt.Errorf("-duration %v: must be at least 10ms for each of the %d rounds", o.duration, o.rounds)
	}
	if o.profile != 0 && (o.profile < 100*time.Millisecond || o.profile > time.Hour) {
		return fmt.Errorf("-profile %v: must be 0, or from 100ms to an hour", o.profile)
	}
	if o.format != "table" && o.format != "json" {
		return fmt.Errorf("-format %q: must be table or json", o.format)
	}
	for text := range strings.SplitSeq(o.replace, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil || n < 0 || n > mostReplacements {
			return fmt.Errorf("-replace %s: %q is not a number from 0 to %d", o.replace, text, mostReplacements)
		}
		o.rates = append(o.rates, n)
	}
	var err error
	if o.methods, err = methodsNamed(o.ways); err != nil {
		return fmt.Errorf("-ways: %w", err)
	}
	if o.kinds, err = kindsNamed(o.do); err != nil {
		return fmt.Errorf("-do: %w", err)
	}
	return nil
}

const mostReplacements = 100_000

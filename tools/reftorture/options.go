package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"time"

	"hazptr/tools/internal/subject"
)

// options are the command line, checked.
type options struct {
	typ        string
	duration   time.Duration
	seed       uint64
	readers    int
	writers    int
	fakes      int
	barrierCBs int
	burst      int
	cells      int
	objects    int
	stutter    time.Duration
	alone      time.Duration
	shuffle    time.Duration
	onoff      time.Duration
	gc         time.Duration
	signals    time.Duration
	stallFor   time.Duration
	statistics time.Duration
	asyncOff   bool
	json       bool
	catch      time.Duration
	tries      int
	race       bool
	keepGoing  bool
	patience   time.Duration // how long something may take that nothing holds up for long
	scenes     string
}

func defaultOptions() *options {
	return &options{
		typ: "all", duration: 60 * time.Second, readers: max(2, runtime.GOMAXPROCS(0)), writers: 2, fakes: 2, barrierCBs: 4, burst: 16, cells: 4, objects: 4096,
		stutter: 2 * time.Second, alone: 500 * time.Millisecond, shuffle: 3 * time.Second, onoff: time.Second, gc: 300 * time.Millisecond, signals: 500 * time.Millisecond,
		stallFor: time.Second, statistics: 15 * time.Second, catch: 20 * time.Second, tries: 1, scenes: "all", patience: 10 * time.Second,
	}
}

// flags returns the flags that change o.
func (o *options) flags() *flag.FlagSet {
	f := flag.NewFlagSet("reftorture", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.StringVar(&o.typ, "type", o.typ, "")
	f.DurationVar(&o.duration, "duration", o.duration, "")
	f.Uint64Var(&o.seed, "seed", o.seed, "")
	f.IntVar(&o.readers, "nreaders", o.readers, "")
	f.IntVar(&o.writers, "nwriters", o.writers, "")
	f.IntVar(&o.fakes, "nfakewriters", o.fakes, "")
	f.IntVar(&o.barrierCBs, "n-barrier-cbs", o.barrierCBs, "")
	f.IntVar(&o.burst, "read-exit-burst", o.burst, "")
	f.IntVar(&o.cells, "cells", o.cells, "")
	f.IntVar(&o.objects, "objects", o.objects, "")
	f.DurationVar(&o.stutter, "stutter", o.stutter, "")
	f.DurationVar(&o.alone, "wakeup-duration", o.alone, "")
	f.DurationVar(&o.shuffle, "shuffle-interval", o.shuffle, "")
	f.DurationVar(&o.onoff, "onoff-interval", o.onoff, "")
	f.DurationVar(&o.gc, "gc-interval", o.gc, "")
	f.DurationVar(&o.signals, "signal-interval", o.signals, "")
	f.DurationVar(&o.stallFor, "stall-duration", o.stallFor, "")
	f.DurationVar(&o.statistics, "stat-interval", o.statistics, "")
	f.BoolVar(&o.asyncOff, "asyncpreemptoff", o.asyncOff, "")
	f.BoolVar(&o.json, "json", o.json, "")
	f.DurationVar(&o.catch, "catch", o.catch, "")
	f.IntVar(&o.tries, "tries", o.tries, "")
	f.BoolVar(&o.race, "race", o.race, "")
	f.BoolVar(&o.keepGoing, "keep-going", o.keepGoing, "")
	f.DurationVar(&o.patience, "patience", o.patience, "")
	f.StringVar(&o.scenes, "scenes", o.scenes, "")
	return f
}

// parse returns the options, or nil and the exit status: 0 when it has printed the help, 2 when it has printed what is wrong.
func parse(args []string, stdout, stderr io.Writer) (*options, int) {
	o := defaultOptions()
	f := o.flags()
	err := f.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		help(stdout)
		return nil, 0
	}
	check := func(name string, e error) {
		if err == nil && e != nil {
			err = fmt.Errorf("-%s: %w", name, e)
		}
	}
	if err == nil && f.NArg() > 0 {
		err = fmt.Errorf("unexpected argument %q; all options are flags", f.Arg(0))
	}
	_, e := selected(o.typ)
	check("type", e)
	check("duration", between(o.duration, 100*time.Millisecond, 1000*time.Hour))
	check("nreaders", between(o.readers, 1, firstBurstReader))
	check("nwriters", between(o.writers, 1, 64))
	check("nfakewriters", between(o.fakes, 0, 64))
	check("n-barrier-cbs", between(o.barrierCBs, 0, 64))
	check("read-exit-burst", between(o.burst, 0, mostBurst))
	check("cells", between(o.cells, 1, 1024))
	check("objects", between(o.objects, 256, 16384)) // each may be a mapping of its own, and the kernel lets a process have 65,530
	check("stutter", between(o.stutter, 0, time.Hour))
	check("wakeup-duration", between(o.alone, 0, time.Minute))
	check("shuffle-interval", between(o.shuffle, 0, time.Hour))
	check("onoff-interval", between(o.onoff, 0, time.Hour))
	check("gc-interval", between(o.gc, 0, time.Hour))
	check("signal-interval", between(o.signals, 0, time.Hour))
	check("stall-duration", between(o.stallFor, 0, time.Minute))
	check("stat-interval", between(o.statistics, 0, time.Hour))
	check("patience", between(o.patience, time.Second, time.Hour))
	check("catch", between(o.catch, time.Second, time.Hour))
	check("tries", between(o.tries, 1, 1000))
	if _, e := sceneNames(o.scenes); e != nil {
		check("scenes", e)
	}
	if err != nil {
		fmt.Fprintf(stderr, "reftorture: %v\nreftorture -h explains the flags\n", err)
		return nil, 2
	}
	if o.seed == 0 {
		o.seed = rand.Uint64N(1<<32) + 1
	}
	return o, 0
}

// arguments are the flags that repeat a run of the type: all that are not as they are without being set, and the seed.
func (o *options) arguments(typ string) []string {
	args := []string{"-type", typ}
	mine := o.flags()
	defaultOptions().flags().VisitAll(func(usual *flag.Flag) {
		switch usual.Name {
		case "type", "catch", "tries", "json", "race": // of the process that started this one
			return
		}
		if value := mine.Lookup(usual.Name).Value.String(); value != usual.DefValue {
			args = append(args, "-"+usual.Name+"="+value)
		}
	})
	return args
}

// selected returns the names of the types that are asked for: good ones first.
func selected(list string) (names []string, err error) {
	var all []string
	for _, t := range subject.Table() {
		all = append(all, t.Name)
	}
	good := slices.Clone(all)
	var busted []string
	for _, b := range bustedTypes {
		busted = append(busted, b.name)
	}
	all = append(all, busted...)
	for name := range strings.SplitSeq(list, ",") {
		switch name = strings.TrimSpace(name); {
		case name == "all":
			names = append(names, all...)
		case name == "good":
			names = append(names, good...)
		case name == "busted":
			names = append(names, busted...)
		case slices.Contains(all, name):
			names = append(names, name)
		default:
			return nil, fmt.Errorf("unknown type %q; the types are all, good, busted, %s", name, strings.Join(all, ", "))
		}
	}
	return names, nil
}

func between[T int | time.Duration](n, least, most T) error {
	if n < least || n > most {
		return fmt.Errorf("%v is not between %v and %v", n, least, most)
	}
	return nil
}

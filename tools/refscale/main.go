// Refscale measures what a read costs under hazard pointers, the mechanisms
// they compete with, and a plain atomic load, which is the limit. It is the
// kernel's refscale for Go:
//
//	go run ./tools/refscale -h
package main

import (
	"context"
	"fmt"
	"io"

	"hazptr/tools/internal/bench"
	"hazptr/tools/internal/program"
	"hazptr/tools/internal/report"
	"hazptr/tools/internal/way"
)

var refscale = program.Program[options]{
	Name:    "refscale",
	Purpose: "Refscale measures what it costs to read an object that others may replace.",
	Examples: []string{
		"refscale",
		"refscale -types load,hazptr,hazptr-guard -nreaders 1,2 -nruns 50",
		"refscale -updates 1000 -nreaders 1",
		"refscale -shape list -length 1000 -types load,hazptr,rwlock",
		"refscale -format benchfmt >new.txt && benchstat -col /type new.txt",
		"GOMAXPROCS=1 refscale -nreaders 1 -format json -svg refscale.svg",
	},
	Details: fmt.Sprintf(details, program.List(20, func(add func(name, text string)) {
		for _, t := range way.Reads() {
			add(t.Name, t.Text+".")
		}
	})),
	Do: measure,
}

func main() { refscale.Main() }

func measure(ctx context.Context, o *options, stdout, stderr io.Writer) error {
	if o.against != nil {
		return o.against.Do(ctx, "ns per read and core", program.Progress(o.against.Steps(), stderr), stdout)
	}
	series := bench.NewSeries(o.config())
	set, err := series.Run(ctx, program.Progress(series.Steps(), stderr))
	if err != nil {
		return err
	}
	if err := report.Write(stdout, o.Format, set, table, benchmarks); err != nil || o.Picture == "" {
		return err
	}
	return picture(string(o.Picture), set)
}

const details = `
What is measured:
  A read enters the read section, loads the object's pointer, reads a field of
  the object, and leaves. The object is a heap object of one 64-byte cache line,
  which its reference count is on, too. Readers are locked to threads. They all
  wait for one another before the start, after the warm-up and after the
  cool-down; in between each has a timed section of so many loops, in code of
  the type's own, without a call per read that the type itself does not make.
  Every value read is added up, and a wrong sum, a read of an ended object, ends
  the program.

  The figures are ns per read and core: from the first reader's start to the
  last one's end, times the readers or the cores, whichever are fewer, divided
  by all reads. A type that scales has the same figure for any number of
  readers. All types and numbers of readers take turns, in a new order in each
  run, so that a machine that gets slower does so for all. "spread" is the
  distance of the quartiles divided by the median. "× load" compares minimum
  with minimum, since shared hosts change between speeds. "kernel" is what
  Linux's refscale printed on x86 with as many readers, where there is such a
  figure. Figures are printed only when all runs are done.

  A read of load takes one cycle and one of hazptr two, so the loops themselves
  would count: theirs, and those of rcu and cachedref, have four reads a turn.

Types:
%s
  hazptr, hazptr-guard, hazptr-do, rcu and srcu end old objects on goroutines
  of their own, when no reader is left that may use them. With cachedref,
  percpu_ref and refcnt-cond the reader that drops the last reference does it;
  to cachedref a cache that still has the object is a reference, which its
  reader drops at the next read. The updaters of all locks and gates end the
  old object themselves, when they have got the readers out. load, percpuinc
  and refcnt end none.
`

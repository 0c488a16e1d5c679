package main

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"hazptr/tools/internal/ending"
)

const helpWidth = 80 // columns

// help prints what is measured, and how to ask for it.
func help(w io.Writer) {
	const indent = 21
	var types strings.Builder
	for _, t := range ending.Table() {
		fmt.Fprintf(&types, "  %-*s%s\n", indent-2, t.Name, wrapped(t.Text+".", indent))
	}
	fmt.Fprintf(w, explanation, types.String())
}

// wrapped breaks a text into lines, of which all but the first are indented.
func wrapped(text string, indent int) string {
	var b strings.Builder
	column := indent
	for i, word := range strings.Fields(text) {
		n := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case column+1+n > helpWidth:
			b.WriteString("\n" + strings.Repeat(" ", indent))
			column = indent
		default:
			b.WriteString(" ")
			column++
		}
		b.WriteString(word)
		column += n
	}
	return b.String()
}

const explanation = `Updatescale measures what it costs to replace an object that others read and to
end the old one, how soon it ends, and what stays behind. Refscale measures what
the same mechanisms cost the readers.

usage: updatescale [flags]

WHAT IS MEASURED
  An update swaps a source's pointer and ends the old object as its type does.
  Objects are made before the clock starts, so what is allocated is the
  mechanism's. An object that has ended is marked. A read of one ends the
  program with a message, and so does a phase after which not as many objects
  have ended as were replaced, but for gc and swap.

  Each run of each type has these phases, most of them -duration long. Types
  take turns, in a new order in each run. The table shows medians of the runs,
  and of CPU the minimum, too, since shared hosts change between speeds. csv and
  json have all figures with their minima and spread, the distance of the
  quartiles divided by the median.

  cost      -nwriters update as fast as they can, each a source of its own, and
            -nreaders read all sources in turn all the time: until -objects have
            been replaced or the time is over. CPU is the processor time of the
            process less that of the readers' threads, per update, until all has
            ended (with gc: until the last update). Where readers end objects,
            with refcnt and percpu_ref, that time is theirs. It is known on
            Linux; on other Unix systems with -nreaders 0, elsewhere not at all.
            With more than one writer, or -reclaim, the table also has how many
            objects have ended a second.
  latency   the same for a quarter of the time, with the clock read around each
            update: what the updater waits for. The clock takes some 40 ns.
  quiet     one update at a time, 2 ms after the object of the one before has
            ended. A reader has the object when its update begins and leaves at
            random within 100 µs from then. Measured is the time from then, or
            from the beginning of the update if that is later, until the object
            ends: until its reclaim function or callback is called, or until the
            updater may end it.
  paced     -rate updates a second, whether or not objects have ended meanwhile,
            by one writer. One reader reads all the time, and has each object
            for a random time up to 100 µs; the time counts from the last
            reader's leave. With two cores or more one is free.
  busy      the same with as many readers as GOMAXPROCS, none of which ever
            yields: whoever is to end an object must wait for a time slice.
  garbage   a reader takes an object and stays. One more writer replaces that,
            and -nwriters replace others as in cost, for up to twice the time.
            Who does not return within 100 ms counts as blocked. What is pending
            is looked at every 4,096 updates or every few milliseconds, and
            again when no more objects end; then the reader leaves. Meanwhile
            one reader takes the time of each request: protect, 2 µs of work,
            clear. Its p99.9 is compared with that of swap in the same run,
            where swap goes on for all of the time.

  Of objects that have not ended when a phase is over only a lower bound is
  known and shown, with ">". Nothing but the mechanism itself makes the garbage
  collector run here, so the objects of gc mostly outlive the phase.

TYPES
%s
FLAGS, named as the kernel's parameters where it has them
  -types LIST       types, separated by commas; all: every one (all)
  -nwriters N       writers in cost, latency and garbage (1)
  -nreaders N       readers in cost and latency, locked to threads (1)
  -workers N        goroutines that run hazptr's reclaim functions, at most;
                    0: hazptr's own choice (0)
  -hazards N        hazard pointers that protect something all the while (0)
  -objects N        updates in cost, latency and garbage, at most (1000000)
  -stall            a reader stays in cost and latency, too
  -reclaim TIME     time for which the end of each object keeps a core busy (0s)
  -bytes N          what each object stands for, of which hazptr is told (4096)
  -rate N           updates a second in paced and busy (1000)
  -nruns N          runs of each type (3)
  -duration TIME    length of a phase (200ms)
  -format FORMAT    table, csv, json, benchfmt (for benchstat), or kernel: what
                    the kernel's rcuscale prints of the latency (table)
  -svg FILE         draw the figures, too
  -against FILE     an older build of updatescale takes turns with this one,
                    process by process; both are printed, and how they relate
  -h                this text

EXAMPLES
  updatescale
  updatescale -types hazptr-retire,rcu-call,swap -nruns 15
  updatescale -types hazptr-retire -reclaim 20us -workers 1 -objects 20000
  updatescale -types hazptr-retire,hazptr-synchronize -hazards 10000
  updatescale -nwriters 2 -nreaders 0 -format csv >updates.csv
  updatescale -format benchfmt >new.txt && benchstat -col /type new.txt
`

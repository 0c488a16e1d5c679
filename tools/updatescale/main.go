// Updatescale measures what an update costs under hazard pointers and the
// mechanisms they compete with, how soon the old object ends after its last
// reader has left, how much garbage a reader can pin, and what it costs to wait
// for one. It is the kernel's
// rcuscale for Go, and stands beside refscale, which measures the readers:
//
//	go run ./tools/updatescale -h
package main

import (
	"context"
	"fmt"
	"io"

	"hazptr/tools/internal/program"
	"hazptr/tools/internal/report"
	"hazptr/tools/internal/way"
)

var updatescale = program.Program[options]{
	Name: "updatescale",
	Purpose: `Updatescale measures what it costs to replace an object that others read and to
end the old one, how soon it ends, and what stays behind. Refscale measures what
the same mechanisms cost the readers.`,
	Examples: []string{
		"updatescale",
		"updatescale -types hazptr-retire,rcu-call,swap -nruns 15",
		"updatescale -types hazptr-retire -reclaim 20us -workers 1 -objects 20000",
		"updatescale -types hazptr-retire,hazptr-synchronize -hazards 10000",
		"updatescale -nwriters 2 -nreaders 0 -format json >updates.json",
		"updatescale -format benchfmt >new.txt && benchstat -col /type new.txt",
	},
	Details: fmt.Sprintf(details, program.List(21, func(add func(name, text string)) {
		for _, t := range way.Updates() {
			add(t.Name, t.Text+".")
		}
	})),
	Do: measure,
}

func main() { updatescale.Main() }

func measure(ctx context.Context, o *options, stdout, stderr io.Writer) error {
	if o.against != nil {
		return o.against.Do(ctx, "what an update costs", program.Progress(o.against.Steps(), stderr), stdout)
	}
	series := newSeries(o)
	set, err := series.run(ctx, program.Progress(series.steps(), stderr))
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
  An update swaps a source's pointer and ends the old object as its type does.
  Objects are made before the clock starts, so what is allocated is the
  mechanism's. An object that has ended is marked. A read of one ends the
  program with a message, and so does a phase after which not as many objects
  have ended as were replaced, but for gc and swap.

  Each run of each type has these phases, most of them -duration long. Types
  take turns, in a new order in each run. The table shows medians of the runs,
  and of CPU the minimum, too, since shared hosts change between speeds. How
  soon objects end is shown of the objects of all runs together: with 200 in a
  run, as -rate 1000 and -duration 200ms have it, a run's own p99 is the third
  longest of its times, which is mostly chance. json has all figures with their
  minima and spread, the distance of the quartiles divided by the median, and
  what is of all runs together as pooled.

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
            ended, or with pass-the-buck, where no object ends without another
            update, after the one before. A reader has the object when its
            update begins and leaves at random within 100 µs from then. Measured
            is the time from then, or from the beginning of the update if that
            is later, until the object ends: until its reclaim function or
            callback is called, or until the updater may end it.
  paced     -rate updates a second, whether or not objects have ended meanwhile,
            by one writer. One reader reads all the time, and has each object
            for a random time up to 100 µs; the time counts from the last
            reader's leave. With two cores or more one is free.
  busy      the same with as many readers as GOMAXPROCS, none of which ever
            yields: what is to end an object waits for a time slice.
  garbage   a reader takes an object and stays. One more writer replaces that,
            and -nwriters replace others as in cost, for up to twice the time.
            One that does not return within 100 ms counts as blocked. What is
            pending is looked at every 4,096 updates or every few milliseconds,
            and again when no more objects end; then the reader leaves.
            Meanwhile one reader takes the time of each request: protect, 2 µs
            of work, clear. Its p99.9 is compared with that of swap in the same
            run, where swap goes on for all of the time.
  waiting   objects are replaced behind readers that stay, and 100 ms later the
            processor time of the process is taken while nothing else happens,
            in percent of one core. 1, 100 and 10,000 objects have a reader
            each. Of the types whose updater waits 500 updates do, in
            Synchronize, Barrier or Lock, and of those with a Barrier another
            column has one object and a call of it. Readers of hazptr have
            Guards here, but those of hazptr-again Holders, which are looked at
            again and again. With rcu, srcu and rwlock one reader holds up all
            objects. Nothing waits with swap, so its row is what an idle process
            takes. Then the readers leave, and all must end. The table shows the
            minimum of the runs, since all else that runs only adds to it. This
            comes after all runs of the other phases.

  Of objects that have not ended when a phase is over only a lower bound is
  known and shown, with ">". Nothing but the mechanism itself makes the garbage
  collector run here, so the objects of gc mostly outlive the phase.

Types:
%s
`

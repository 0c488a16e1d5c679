//go:build hazptr_explore

package reclaim

import (
	"context"
	"fmt"
	"testing"
	"time"

	"hazptr/internal/explore"
	"hazptr/internal/explore/scenario"
	"hazptr/internal/fence"
	"hazptr/internal/hazard"
)

// A world has a Reclaimer, whose goroutines are threads.
type world struct {
	*scenario.World
	r       *Reclaimer
	started int // scanners, where they are only counted
	lease   *hazard.Lease
}

// newWorld returns a world whose passes need not wait.
func newWorld(inline bool) *world {
	w := &world{World: scenario.NewWorld()}
	w.Setup = func() {
		w.Reset()
		w.started = 0
		w.r = new(Reclaimer)
		w.r.Init(Options{Workers: 1, ScanPercent: 100, Queued: 4096, Scanned: 4096, Inline: inline, Closed: func() {}})
		w.r.ledger.limitWorkers(0)
		w.r.bell.state.Store(awake)
		for q := range w.r.queues.All() {
			// Retire goes its fast path then.
			q.extend(chunkLen, w.r.chunks.get())
			w.Name(scenario.Address(&q.tail), "tail")
			w.Name(scenario.Address(&q.consumed), "consumed")
		}
		w.Name(scenario.Address(&w.r.bell.state), "bell.state")
		w.Name(scenario.Address(&w.r.ledger.mu), "ledger.mu")
		w.Name(scenario.Address(&w.r.pass.turn.mu), "turn.mu")
	}
	return w
}

// count has scanners counted that are started, instead of run.
func (w *world) count() {
	w.r.bell.start = func() { w.started++ }
	w.r.scanner.next, w.r.scanner.watches = w.r.bell.start, w.r.bell.start
}

// retire retires objects that nothing protects.
func (w *world) retire(from, n int) func() {
	return func() {
		for i := range n {
			w.r.Retire(New(w.Objects[from+i], 0, (*scenario.Object).End))
		}
	}
}

// lost tells if objects are queued that no scanner will look at.
func (w *world) lost() string {
	if state := w.r.bell.state.Load(); state != awake && w.r.scanner.queued() {
		return fmt.Sprintf("objects are in the queues, and the state of the bell is %d", state)
	}
	return ""
}

// unfinished tells if objects are left although no scanner runs, or a scanner
// has ended without saying so.
func (w *world) unfinished() string {
	if state := w.r.bell.state.Load(); state != asleep || w.r.scanner.queued() || w.r.pass.live() > 0 {
		return fmt.Sprintf("the state of the bell is %d, objects are in the queues: %t, %d are kept", state, w.r.scanner.queued(), w.r.pass.live())
	}
	return ""
}

// The scanner falls asleep while objects are retired: it stays, or it is woken.
func TestExploreFallAsleep(t *testing.T) {
	for _, c := range []struct{ producers, objects int }{{1, 1}, {1, 2}, {1, 3}, {2, 1}, {2, 2}} {
		w := newWorld(false)
		left := false
		setup := w.Setup
		w.Setup = func() {
			setup()
			left = false
			w.count()
		}
		w.Threads = []func(){func() { left = w.r.scanner.fallAsleep() }}
		for i := range c.producers {
			w.Threads = append(w.Threads, w.retire(i*3, c.objects))
		}
		w.Spare = 1
		w.Check = func() string {
			if left && w.started == 0 && w.r.scanner.queued() {
				return "the scanner has fallen asleep, nothing has woken it, and objects are in the queues"
			}
			return w.lost()
		}
		scenario.Run(t, fmt.Sprintf("%s of %s", scenario.Count(c.producers, "producer"), scenario.Count(c.objects, "object")), w.Scenario)
	}
}

// Callers of Retire make the passes, as long as a scanner that is started finds
// nothing to do.
func TestExploreInline(t *testing.T) {
	for _, producers := range []int{1, 2} {
		w := newWorld(true)
		setup := w.Setup
		w.Setup = func() {
			setup()
			w.r.bell.state.Store(asleep)
			w.count()
		}
		for i := range producers {
			w.Threads = append(w.Threads, w.retire(i*3, 1))
		}
		w.Spare = producers
		w.Check = func() string {
			if w.started == 0 && w.r.scanner.queued() {
				return "no scanner has been started, and objects are in the queues"
			}
			return w.lost()
		}
		scenario.Run(t, scenario.Count(producers, "producer"), w.Scenario)
	}
}

// A goroutine waits until what it has retired has been reclaimed, while the
// scanner and workers start and end.
func TestExploreFlush(t *testing.T) {
	w := newWorld(false)
	setup := w.Setup
	w.Setup = func() {
		setup()
		w.r.ledger.limitWorkers(1)
		w.r.bell.state.Store(asleep)
	}
	w.Threads = []func(){func() {
		w.retire(0, 1)()
		if err := w.r.Flush(context.Background(), nil); err != nil || !w.Objects[0].Ended() {
			explore.Failf("Flush has returned %v, and the object has not ended", err)
		}
	}}
	w.Spare = 3
	scenario.Run(t, "what the caller has retired", w.Scenario)
}

// kept returns a world with an object that is protected when it is retired, and
// a function that ends the protection.
func kept() (w *world, slot *hazard.Slot, release func()) {
	w = newWorld(false)
	w.lease = hazard.Open()
	slot = w.lease.Slot
	setup := w.Setup
	w.Setup = func() {
		setup()
		slot.Hazard = scenario.Address(w.Objects[0])
		w.Name(scenario.Address(&slot.Hazard), "hazard")
	}
	return w, slot, func() { fence.Release(&slot.Hazard, 0) }
}

// An object is kept until its protection ends.
func TestExploreKeep(t *testing.T) {
	w, _, release := kept()
	w.Threads = []func(){func() { w.r.scanner.run() }, w.retire(0, 1), release}
	w.Spare = 1
	w.Check = w.unfinished
	scenario.Run(t, "a protection that ends", w.Scenario)
}

// The scanner, which has found nothing, falls asleep while an object is retired
// that the caller's own pass keeps: it has a scanner all the same.
func TestExploreKeptInline(t *testing.T) {
	w, _, release := kept()
	setup := w.Setup
	w.Setup = func() {
		setup()
		w.r.options.Inline = true
		w.count()
	}
	w.Threads = []func(){
		func() {
			if !w.r.scanner.fallAsleep() {
				w.started++ // it goes on
			}
		},
		func() {
			w.retire(0, 1)()
			w.r.reclaimInline()
		},
		release,
	}
	w.Spare = 1
	w.Check = func() string {
		if w.started == 0 {
			return w.unfinished()
		}
		return ""
	}
	scenario.Run(t, "a protection that ends", w.Scenario)
}

// A Retire that has no time for a pass has the turn while a reader leaves: what
// becomes ready then has a worker.
func TestExploreInDebt(t *testing.T) {
	w, slot, _ := kept()
	setup := w.Setup
	w.Setup = func() {
		setup()
		w.r.ledger.limitWorkers(1)
		w.r.options.Inline = true
		w.count()
		w.retire(0, 1)()
		w.r.pass.run()
		w.r.bell.state.Store(asleep)
		w.r.pass.budget.paid.Store(int64(time.Hour))
	}
	w.Threads = []func(){
		func() {
			if slot.End() {
				slot.Ended()
			}
		},
		w.retire(1, 1),
	}
	w.Spare = 2
	w.Check = func() string {
		if !w.Objects[0].HasEnded() {
			return "an object that nothing protects has not been reclaimed"
		}
		return ""
	}
	scenario.Run(t, "a protection that ends", w.Scenario)
}

// rested returns the world of kept whose scanner has kept the object for long.
func rested(inline bool) (w *world, release func()) {
	w, _, release = kept()
	setup := w.Setup
	w.Setup = func() {
		setup()
		w.r.options.Inline = inline
		w.retire(0, 1)()
		w.r.pass.run()
		w.r.pass.passed.since = -int64(time.Hour)
	}
	return w, release
}

// A scanner rests, since what it keeps has been protected for long, and a
// Retire wakes it, or makes the pass. The timer is of no help: it is not looked
// at.
func TestExploreRest(t *testing.T) {
	for _, c := range []struct {
		producers int
		inline    bool
	}{{1, false}, {2, false}, {1, true}, {2, true}} {
		w, _ := rested(c.inline)
		w.Untimed = true
		w.Threads = []func(){func() {
			for w.r.scanner.queued() || !w.r.scanner.sleep() {
				w.r.pass.run()
			}
		}}
		for i := range c.producers {
			w.Threads = append(w.Threads, w.retire(1+i*3, 1))
		}
		w.Stuck = func() string {
			if w.r.scanner.queued() {
				return "the scanner rests, and objects are in the queues"
			}
			return ""
		}
		name := scenario.Count(c.producers, "producer")
		if c.inline {
			name += ", inline"
		}
		scenario.Run(t, name, w.Scenario)
	}
}

// The pass of a caller of Retire in a quiet domain keeps the object: a scanner
// looks at its slot, and another object is taken from its queue.
func TestExploreInlineRests(t *testing.T) {
	w, _, _ := kept()
	setup := w.Setup
	w.Setup = func() {
		setup()
		w.r.options.Inline = true
		w.r.bell.state.Store(asleep)
		w.count()
	}
	w.Threads = []func(){w.retire(0, 1), w.retire(3, 1)}
	w.Spare = 1
	w.Check = func() string {
		if w.r.pass.live() > 0 && w.started != 1 {
			return fmt.Sprintf("an object is kept, and %d scanners have been started", w.started)
		}
		return w.lost()
	}
	scenario.Run(t, "a protection that stays", w.Scenario)
}

// A caller of Retire finds a scanner that rests, and makes a pass, which keeps
// the object. Meanwhile the scanner finds nothing to look at any more, and
// falls asleep.
func TestExploreKeptBeside(t *testing.T) {
	w, release := rested(true)
	other := hazard.Open()
	setup := w.Setup
	w.Setup = func() {
		other.Slot.Hazard = scenario.Address(w.Objects[1])
		setup()
		w.r.bell.state.Store(resting)
		w.count()
	}
	w.Threads = []func(){
		func() {
			w.r.bell.state.CompareAndSwap(resting, awake) // it is woken
			w.r.pass.glance()
			if !w.r.scanner.fallAsleep() {
				w.started++ // it goes on
			}
		},
		w.retire(1, 1),
		release,
	}
	w.Spare = 1
	w.Check = func() string {
		if w.started == 0 && w.r.bell.state.Load() == asleep && w.r.pass.live() > 0 {
			return "an object is kept, and no scanner looks at its slot"
		}
		return ""
	}
	scenario.Run(t, "a protection that ends", w.Scenario)
}

// A caller of Retire finds a scanner that rests, makes a pass, and calls a
// reclaim function that does not return. Meanwhile the scanner falls asleep. It
// must look at the age of what is being reclaimed.
func TestExploreReadyBeside(t *testing.T) {
	w := newWorld(true)
	var never turn
	setup := w.Setup
	w.Setup = func() {
		setup()
		w.r.ledger.after.Store(int64(time.Hour))
		w.r.bell.state.Store(resting)
		w.count()
		never = turn{taken: true}
	}
	w.Threads = []func(){
		func() {
			w.r.bell.state.CompareAndSwap(resting, awake) // it is woken
			if !w.r.scanner.fallAsleep() {
				w.started++ // it goes on
			}
		},
		func() {
			w.r.Retire(New(w.Objects[0], 0, func(o *scenario.Object) {
				o.End()
				never.take()
			}))
		},
	}
	w.Spare = 1
	w.Stuck = func() string {
		if w.started == 0 && w.r.bell.state.Load() == asleep {
			return "a reclaim function does not return, and no scanner looks at its age"
		}
		return ""
	}
	scenario.Run(t, "a reclaim function that does not return", w.Scenario)
}

// The scanner runs until it sleeps, is started again, and sleeps.
func TestExploreScanner(t *testing.T) {
	for _, producers := range []int{1, 2} {
		w := newWorld(false)
		w.Threads = []func(){func() { w.r.scanner.run() }}
		for i := range producers {
			w.Threads = append(w.Threads, w.retire(i*3, 1))
		}
		w.Spare = producers
		w.Check = w.unfinished
		scenario.Run(t, scenario.Count(producers, "producer"), w.Scenario)
	}
}

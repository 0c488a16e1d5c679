//go:build hazptr_explore

package hazptr

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"hazptr/internal/explore"
	"hazptr/internal/explore/scenario"
)

// A world is what the scenarios of readers and of updaters that synchronize
// share: places with an object each, and others to replace them.
type world struct {
	explore.Scenario
	sources [2]atomic.Pointer[scenario.Object]
	objects [8]*scenario.Object
	holders [3]*Holder[scenario.Object]
	fresh   int // the next object to replace one
}

func newWorld() *world {
	w := new(world)
	for i := range w.objects {
		w.objects[i] = new(scenario.Object)
		w.Name(scenario.Address(w.objects[i]), fmt.Sprintf("object%d", i))
	}
	for i := range w.holders {
		w.holders[i] = NewHolder[scenario.Object]()
		w.Name(scenario.Address(w.holders[i].hazard), fmt.Sprintf("hazard%d", i))
	}
	for i := range w.sources {
		w.Name(scenario.Address(&w.sources[i]), fmt.Sprintf("source%d", i))
	}
	w.Setup = w.reset
	return w
}

func (w *world) reset() {
	for i := range w.sources {
		w.sources[i].Store(w.objects[i])
	}
	for _, h := range w.holders {
		h.Clear()
	}
	for _, o := range w.objects {
		o.Reset()
	}
	w.fresh = len(w.sources)
}

// read reads one source.
func (w *world) read(holder, source int) {
	w.holders[holder].Protect(&w.sources[source]).Use()
}

// replace replaces the object of a source, and ends the old one.
func (w *world) replace(source, with int) {
	old := w.sources[source].Swap(w.objects[with])
	if err := Synchronize(context.Background(), old); err != nil {
		explore.Failf("%v", err)
	}
	old.End()
}

func TestExploreProtect(t *testing.T) {
	for _, c := range []struct{ readers, reads, updates int }{
		{1, 1, 1}, {1, 2, 1}, {1, 4, 1}, {1, 1, 2}, {2, 1, 1}, {2, 2, 1}, {2, 1, 2}, {3, 1, 1},
	} {
		w := newWorld()
		for i := range c.readers {
			w.Threads = append(w.Threads, func() {
				for range c.reads {
					w.read(i, 0)
					w.holders[i].Clear()
				}
			})
		}
		w.Threads = append(w.Threads, func() {
			for i := range c.updates {
				w.replace(0, 2+i)
			}
		})
		scenario.Run(t, fmt.Sprintf("%d readers, %d reads, %d updates", c.readers, c.reads, c.updates), w.Scenario)
	}
}

//go:build hazptr_explore

package srcu

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"hazptr/internal/explore"
	"hazptr/internal/explore/scenario"
)

func TestExploreSynchronize(t *testing.T) {
	for _, c := range []struct{ readers, sections, updates int }{
		{1, 1, 1}, {1, 2, 1}, {1, 3, 1}, {1, 1, 2}, {1, 2, 2}, {1, 1, 3}, {2, 1, 1}, {2, 1, 2}, {2, 2, 1},
	} {
		w := scenario.NewWorld()
		var d *Domain
		w.Setup = func() {
			w.Reset()
			d = New()
			w.Name(scenario.Address(&d.readers.index), "index")
			number := 0
			for counts := range d.readers.counts.All() {
				for i := range counts.locks {
					w.Name(scenario.Address(&counts.locks[i]), "locks%d of thread %d", i, number)
					w.Name(scenario.Address(&counts.unlocks[i]), "unlocks%d of thread %d", i, number)
				}
				number++
			}
		}
		for range c.readers {
			w.Threads = append(w.Threads, func() {
				for range c.sections {
					section := d.ReadLock()
					w.Sources[0].Load().Use()
					d.ReadUnlock(section)
				}
			})
		}
		w.Threads = append(w.Threads, func() {
			for i := range c.updates {
				w.Replace(0, 2+i, func(*scenario.Object) error { return d.Synchronize(context.Background()) })
			}
		})
		scenario.Run(t, fmt.Sprintf("%s, %s, %s", scenario.Count(c.readers, "reader"), scenario.Count(c.sections, "section"), scenario.Count(c.updates, "update")), w.Scenario)
	}
}

// A section is ended by another thread, on another P.
func TestExploreHandedOver(t *testing.T) {
	w := scenario.NewWorld()
	var d *Domain
	var token Token
	var given atomic.Bool
	w.Setup = func() {
		w.Reset()
		d = New()
		given.Store(false)
	}
	w.Threads = []func(){
		func() {
			token = d.ReadLock()
			w.Sources[0].Load().Use()
			given.Store(true)
		},
		func() {
			for !given.Load() {
				explore.Wait()
			}
			d.ReadUnlock(token)
			section := d.ReadLock()
			w.Sources[0].Load().Use()
			d.ReadUnlock(section)
		},
		func() {
			w.Replace(0, 2, func(*scenario.Object) error { return d.Synchronize(context.Background()) })
		},
	}
	scenario.Run(t, "one section of two threads, one update", w.Scenario)
}

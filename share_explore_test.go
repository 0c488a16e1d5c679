//go:build hazptr_explore

package hazptr

import (
	"context"
	"runtime"
	"sync/atomic"
	"testing"

	"hazptr/internal/explore"
	"hazptr/internal/explore/scenario"
	"hazptr/internal/hazard"
	"hazptr/rcu"
)

// A shared protection ends with the last of its Guards, whichever that is.
func TestExploreShare(t *testing.T) {
	for _, reads := range []int{1, 2} {
		w := newWorld()
		setup := w.Setup
		var shared Guard[scenario.Object]
		var given atomic.Int32
		w.Setup = func() {
			setup()
			hazard.RenewGuards(w.Name)
			given.Store(0)
		}
		w.Threads = []func(){
			func() {
				for i := range reads {
					g := Acquire(&w.Sources[0])
					for int(given.Load()) > 2*i {
						explore.Wait()
					}
					shared = g.Share()
					given.Add(1)
					g.Ptr().Use()
					g.Release()
				}
			},
			func() {
				for i := range reads {
					for int(given.Load()) <= 2*i {
						explore.Wait()
					}
					s := shared
					other := s.Share()
					given.Add(1)
					s.Release()
					other.Ptr().Use()
					other.Release()
				}
			},
			w.update(1),
		}
		scenario.Run(t, "a Guard of two threads, "+scenario.Count(reads, "read")+", 1 update", w.Scenario)
		w.close()
	}
}

// What is found in a read section of rcu is kept beyond it.
func TestExploreKeep(t *testing.T) {
	for _, reads := range []int{1, 2} {
		w := newWorld()
		setup := w.Setup
		var d *rcu.Domain
		var reader *rcu.Reader
		w.Setup = func() {
			setup()
			hazard.RenewGuards(w.Name)
			if reader != nil {
				// Otherwise it runs in the midst of an execution.
				runtime.SetFinalizer(reader, nil)
			}
			d = rcu.New()
			reader = d.NewReader()
		}
		w.Threads = []func(){
			func() {
				for range reads {
					reader.ReadLock()
					g := Keep(w.Sources[0].Load())
					reader.ReadUnlock()
					g.Ptr().Use()
					g.Release()
				}
			},
			func() {
				w.Replace(0, 2, func(old *scenario.Object) error {
					if err := d.Synchronize(context.Background()); err != nil {
						return err
					}
					return wait(old)
				})
			},
		}
		scenario.Run(t, "1 reader, "+scenario.Count(reads, "read")+", 1 update", w.Scenario)
		w.close()
	}
}

//go:build hazptr_explore

package hazptr

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"hazptr/internal/explore/scenario"
	"hazptr/internal/hazard"
	engine "hazptr/internal/reclaim"
)

// A world has Holders for its readers.
type world struct {
	*scenario.World
	holders [3]*Holder[scenario.Object]
}

func newWorld() *world {
	w := &world{World: scenario.NewWorld()}
	for i := range w.holders {
		w.holders[i] = NewHolder[scenario.Object]()
		w.Name(scenario.Address(w.holders[i].hazard), "hazard%d", i)
	}
	w.Setup = func() {
		w.Reset()
		hazard.Renew()
	}
	return w
}

func wait(old *scenario.Object) error { return Synchronize(context.Background(), old) }

// replace replaces the object of a source, and ends the old one.
func (w *world) replace(source, with int) {
	w.Replace(source, with, wait)
}

// guard reads the object of a source under a Guard.
func (w *world) guard(source int) {
	g := Acquire(&w.Sources[source])
	g.Ptr().Use()
	g.Release()
}

// update replaces the object of the first source n times.
func (w *world) update(n int) func() {
	return func() {
		for i := range n {
			w.replace(0, 2+i)
		}
	}
}

// close closes the holders of an exploration that has not failed.
func (w *world) close() {
	for _, h := range w.holders {
		h.Close()
	}
}

func TestExploreProtect(t *testing.T) {
	for _, c := range []struct{ readers, reads, updates int }{
		{1, 1, 1}, {1, 2, 1}, {1, 4, 1}, {1, 1, 2}, {1, 2, 2}, {2, 1, 1}, {2, 2, 1}, {2, 1, 2}, {3, 1, 1},
	} {
		w := newWorld()
		for i := range c.readers {
			w.Threads = append(w.Threads, func() {
				for range c.reads {
					w.holders[i].Protect(&w.Sources[0]).Use()
					w.holders[i].Clear()
				}
			})
		}
		w.Threads = append(w.Threads, w.update(c.updates))
		scenario.Run(t, scenario.Count(c.readers, "reader")+", "+scenario.Count(c.reads, "read")+", "+scenario.Count(c.updates, "update"), w.Scenario)
		w.close()
	}
}

func TestExploreGuard(t *testing.T) {
	for _, c := range []struct{ readers, reads, updates int }{{1, 1, 1}, {1, 2, 1}, {1, 1, 2}, {1, 2, 2}, {2, 1, 1}} {
		w := newWorld()
		setup := w.Setup
		w.Setup = func() {
			setup()
			hazard.RenewGuards(w.Name)
		}
		for range c.readers {
			w.Threads = append(w.Threads, func() {
				for range c.reads {
					w.guard(0)
				}
			})
		}
		w.Threads = append(w.Threads, w.update(c.updates))
		scenario.Run(t, scenario.Count(c.readers, "reader")+", "+scenario.Count(c.reads, "read")+", "+scenario.Count(c.updates, "update"), w.Scenario)
		w.close()
	}
}

// An Acquire may have published an object when it finds that the source is nil.
func TestExploreNil(t *testing.T) {
	w := newWorld()
	defer w.close()
	setup := w.Setup
	w.Setup = func() {
		setup()
		hazard.RenewGuards(w.Name)
	}
	w.Threads = []func(){
		func() {
			g := Acquire(&w.Sources[0])
			if p := g.Ptr(); p != nil {
				p.Use()
			}
			g.Release()
		},
		func() { w.Sources[0].Swap(nil).EndAfter(wait) },
	}
	scenario.Run(t, "a source that becomes nil", w.Scenario)
}

// A Clear notifies: its slot is not looked at now and then, which would hide
// that it does not.
func TestExploreClear(t *testing.T) {
	for _, readers := range []int{1, 2} {
		w := newWorld()
		setup := w.Setup
		w.Setup = func() {
			setup()
			for _, h := range w.holders[:readers] {
				hazard.Loud(h.slot)
				h.Protect(&w.Sources[0])
			}
		}
		for i := range readers {
			w.Threads = append(w.Threads, func() {
				w.Objects[0].Use()
				w.holders[i].Clear()
			})
		}
		w.Threads = append(w.Threads, w.update(1))
		scenario.Run(t, scenario.Count(readers, "reader"), w.Scenario)
		w.close()
	}
}

// A Holder goes from one object to another without a Clear.
func TestExploreSwitch(t *testing.T) {
	w := newWorld()
	defer w.close()
	w.Threads = []func(){
		func() {
			for _, source := range []int{0, 1, 0} {
				w.holders[0].Protect(&w.Sources[source]).Use()
			}
			w.holders[0].Clear()
		},
		func() {
			w.replace(0, 2)
			w.replace(1, 3)
		},
	}
	scenario.Run(t, "one Holder, two sources", w.Scenario)
}

func TestExploreTryProtect(t *testing.T) {
	w := newWorld()
	defer w.close()
	w.Threads = []func(){
		func() {
			for range 2 {
				if p := w.Sources[0].Load(); w.holders[0].TryProtect(p, &w.Sources[0]) {
					p.Use()
					w.holders[0].Clear()
				}
			}
		},
		func() {
			w.replace(0, 2)
			w.replace(0, 3)
		},
	}
	scenario.Run(t, "two tries, two updates", w.Scenario)
}

// Set protects when what it was given is validated.
func TestExploreSet(t *testing.T) {
	w := newWorld()
	defer w.close()
	w.Threads = []func(){
		func() {
			p := w.Sources[0].Load()
			w.holders[0].Set(p)
			if w.Sources[0].Load() == p {
				p.Use()
			}
			w.holders[0].Clear()
		},
		func() { w.replace(0, 2) },
		func() { w.replace(0, 3) },
	}
	scenario.Run(t, "validated by the caller", w.Scenario)
}

// A second Holder takes the protection over, in either order of their slots.
func TestExploreCopy(t *testing.T) {
	for _, from := range []int{0, 1} {
		w := newWorld()
		to := 1 - from
		w.Threads = []func(){
			func() {
				p := w.holders[from].Protect(&w.Sources[0])
				w.holders[to].Set(p)
				// Without this it protects nothing: the look may be past the
				// slot.
				if w.Sources[0].Load() == p {
					w.holders[from].Clear()
				}
				p.Use()
				w.holders[from].Clear()
				w.holders[to].Clear()
			},
			func() { w.replace(0, 2) },
		}
		scenario.Run(t, fmt.Sprintf("from slot %d to slot %d", from, to), w.Scenario)
		w.close()
	}
}

// Slots are closed while they are looked at, and opened again.
func TestExploreClose(t *testing.T) {
	w := newWorld()
	defer w.close()
	w.Threads = []func(){
		func() {
			for range 2 {
				h := NewHolder[scenario.Object]()
				h.Protect(&w.Sources[0]).Use()
				h.Close()
			}
		},
		func() { w.replace(0, 2) },
	}
	scenario.Run(t, "two Holders, one after the other", w.Scenario)
}

// Two updaters, one of which makes the look for both.
func TestExploreSharedLook(t *testing.T) {
	w := newWorld()
	defer w.close()
	w.Threads = []func(){
		func() {
			w.holders[0].Protect(&w.Sources[0]).Use()
			w.holders[0].Clear()
		},
		func() { w.replace(0, 2) },
		func() { w.replace(1, 3) },
	}
	scenario.Run(t, "one reader, two updaters", w.Scenario)
}

// retiring is a world with a Domain, whose passes a thread makes.
type retiring struct {
	*world
	domain *Domain
	driver engine.Driver
}

func newRetiring(c Config) *retiring {
	w := &retiring{world: newWorld()}
	w.Spare = 1 // a reclaim function that panics has a goroutine go on
	setup := w.Setup
	w.Setup = func() {
		setup()
		w.domain = NewDomain(c)
		w.driver = w.domain.reclaimer.Drive()
	}
	return w
}

func (w *retiring) retire(source, with int) {
	RetireIn(w.domain, w.Sources[source].Swap(w.Objects[with]), 0, (*scenario.Object).End)
}

func (w *retiring) read(holder int) {
	w.holders[holder].Protect(&w.Sources[0]).Use()
	w.holders[holder].Clear()
}

func TestExploreRetire(t *testing.T) {
	for _, c := range []struct{ readers, updates, passes int }{{1, 1, 1}, {1, 1, 2}, {1, 2, 1}, {1, 2, 2}, {2, 1, 1}} {
		w := newRetiring(Config{Workers: 1, ScanPercent: 100})
		for i := range c.readers {
			w.Threads = append(w.Threads, func() { w.read(i) })
		}
		w.Threads = append(w.Threads, func() {
			for i := range c.updates {
				w.retire(0, 2+i)
			}
		}, func() {
			for range c.passes {
				w.driver.Pass()
				w.driver.Reclaim()
			}
		})
		scenario.Run(t, fmt.Sprintf("%s, %s, passes: %d", scenario.Count(c.readers, "reader"), scenario.Count(c.updates, "update"), c.passes), w.Scenario)
		w.close()
	}
}

// Objects that a pass keeps are reclaimed by the reader that ends the last
// protection: no pass comes after.
func TestExploreNotify(t *testing.T) {
	for _, c := range []struct {
		readers, reads, updates int
		aside                   bool
	}{{1, 1, 1, false}, {1, 2, 1, false}, {1, 1, 2, false}, {2, 1, 1, false}, {1, 1, 1, true}, {1, 1, 2, true}} {
		w := newRetiring(Config{Workers: 1, ReclaimInline: true})
		setup := w.Setup
		w.Setup = func() {
			setup()
			hazard.RenewGuards(w.Name)
		}
		for range c.readers {
			w.Threads = append(w.Threads, func() {
				for range c.reads {
					w.guard(0)
				}
			})
		}
		w.Threads = append(w.Threads, func() {
			for i := range c.updates {
				w.retire(0, 2+i)
				if !c.aside {
					w.driver.Pass()
				}
			}
		})
		name := fmt.Sprintf("%s, %s, %s", scenario.Count(c.readers, "reader"), scenario.Count(c.reads, "read"), scenario.Count(c.updates, "update"))
		if c.aside {
			name += ", a pass aside"
			w.Threads = append(w.Threads, func() { w.driver.Pass() })
		}
		w.Check = w.lost
		scenario.Run(t, name, w.Scenario)
		w.close()
	}
}

// A reader publishes an object, finds that it has been replaced, and protects
// the other one for good.
func TestExploreReplaced(t *testing.T) {
	w := newRetiring(Config{Workers: 1, ReclaimInline: true})
	setup := w.Setup
	w.Setup = func() {
		setup()
		hazard.RenewGuards(w.Name)
	}
	w.Threads = []func(){
		func() {
			g := Acquire(&w.Sources[0])
			g.Ptr().Use()
			if g.Ptr() == w.Objects[0] {
				g.Release()
			}
		},
		func() {
			w.retire(0, 2)
			w.driver.Pass()
		},
	}
	w.Check = w.lost
	scenario.Run(t, "a Guard that stays", w.Scenario)
	w.close()
}

// A Guard is released by another goroutine while its slot is claimed again.
func TestExploreHandedOver(t *testing.T) {
	w := newRetiring(Config{Workers: 1, ReclaimInline: true})
	setup := w.Setup
	var g Guard[scenario.Object]
	var given atomic.Bool
	w.Setup = func() {
		setup()
		hazard.RenewGuards(w.Name)
		given.Store(false)
	}
	w.Threads = []func(){
		func() {
			g = Acquire(&w.Sources[0])
			given.Store(true)
			w.guard(1)
		},
		func() {
			for !given.Load() {
				explore.Wait()
			}
			g.Ptr().Use()
			g.Release()
		},
		func() {
			w.retire(0, 2)
			w.driver.Pass()
		},
	}
	w.Check = w.lost
	scenario.Run(t, "a Guard of two threads", w.Scenario)
	w.close()
}

// Two domains keep an object each that one slot has held, one after the other,
// or both: the reader notifies both.
func TestExploreTwoDomains(t *testing.T) {
	w := newRetiring(Config{Workers: 1, ReclaimInline: true})
	setup := w.Setup
	var other *Domain
	var driver engine.Driver
	w.Setup = func() {
		setup()
		hazard.RenewGuards(w.Name)
		other = NewDomain(Config{Workers: 1, ReclaimInline: true})
		driver = other.reclaimer.Drive()
	}
	w.Threads = []func(){
		func() {
			// A field of the object has its address.
			RetireIn(other, w.Sources[0].Load(), 0, func(*scenario.Object) {})
			driver.Pass()
		},
		func() { w.guard(0) },
		func() {
			w.retire(0, 2)
			w.driver.Pass()
		},
	}
	w.Check = func() string {
		if n := other.Stats().Holding; n > 0 {
			return fmt.Sprintf("%d hazard pointers are waited for by the other domain, and hold nothing", n)
		}
		return w.lost()
	}
	scenario.Run(t, "1 reader, 1 read, 1 update", w.Scenario)
	w.close()
}

// lost tells if an object is kept that nothing protects.
func (w *retiring) lost() string {
	if n := w.domain.Stats().Holding; n > 0 {
		return fmt.Sprintf("%d hazard pointers are waited for, and hold nothing", n)
	}
	return ""
}

package conformance

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hazptr"
)

// A mortal is an object that hazard pointers protect.
type mortal struct {
	reclaimed atomic.Int64
	by        string // the goroutine that reclaimed it
}

func (m *mortal) reclaim() {
	m.by = goroutine()
	m.reclaimed.Add(1)
}

func wantReclaimed(t testing.TB, m *mortal, want int64) {
	t.Helper()
	if got := m.reclaimed.Load(); got != want {
		t.Fatalf("reclaimed %d times, want %d", got, want)
	}
}

// withDomain runs a test with a domain. It must be possible to close that at
// its end.
func withDomain(t *testing.T, test func(*hazptr.Domain)) {
	d := hazptr.NewDomain(hazptr.Config{Name: t.Name()})
	test(d)
	if err := d.Close(within(t, soon)); err != nil {
		t.Error(err)
	}
}

// sourceOf returns a Pointer to m, which is retired in d.
func sourceOf(d *hazptr.Domain, m *mortal) *hazptr.Pointer[mortal] {
	return hazptr.NewPointer(hazptr.PointerConfig[mortal]{Reclaim: (*mortal).reclaim, Domain: d}, m)
}

// present returns the object that a Pointer has, which may end at any moment.
func present(source *hazptr.Pointer[mortal]) (m *mortal) {
	source.Do(func(o *mortal) { m = o }) //hazptrvet:ignore it may be compared
	return m
}

// protections are the ways to protect what a source points to.
var protections = map[string]func(*hazptr.Pointer[mortal]) (m *mortal, end func()){
	"Holder": func(source *hazptr.Pointer[mortal]) (*mortal, func()) {
		h := hazptr.NewHolder[mortal]()
		return source.Protect(h), h.Close
	},
	"Holder, cleared": func(source *hazptr.Pointer[mortal]) (*mortal, func()) {
		h := hazptr.NewHolder[mortal]()
		return source.Protect(h), func() { h.Clear(); h.Close() }
	},
	"Guard": func(source *hazptr.Pointer[mortal]) (*mortal, func()) {
		g := source.Acquire()
		return g.Ptr(), g.Release
	},
	"Guard, released elsewhere": func(source *hazptr.Pointer[mortal]) (*mortal, func()) {
		g := source.Acquire()
		return g.Ptr(), func() { <-background(g.Release) }
	},
}

// An object is not reclaimed while a hazard pointer protects it. When none does
// any more it is reclaimed, without further calls (hazptr_tryprotect,
// hazptr_clear, call_hazptr: the seed's include/linux/hazptr.h; hazptr:
// Retire).
func TestHazardProtectsUntilItEnds(t *testing.T) {
	for name, protect := range protections {
		t.Run(name, func(t *testing.T) {
			withDomain(t, func(d *hazptr.Domain) {
				m := new(mortal)
				source := sourceOf(d, m)
				protected, end := protect(source)
				if protected != m {
					t.Error("another object is protected")
				}
				source.Replace(new(mortal))
				if err := d.Flush(within(t, soon)); err != nil {
					t.Error(err)
				}
				time.Sleep(brief)
				wantReclaimed(t, m, 0)
				if err := d.Barrier(within(t, time.Millisecond)); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("Barrier returns, and an object is protected: %v", err)
				}
				end()
				eventually(t, "the object is reclaimed", func() bool { return m.reclaimed.Load() > 0 })
				wantReclaimed(t, m, 1)
				if m.by == goroutine() {
					t.Error("reclaimed by the goroutine that retired it")
				}
			})
		})
	}
}

// What was unlinked before it was protected is not protected. TryProtect says
// so; the others return what came after (hazptr_tryprotect: validates; hazptr:
// TryProtect).
func TestHazardProtectsNothingThatWasUnlinked(t *testing.T) {
	withDomain(t, func(d *hazptr.Domain) {
		first, second := new(mortal), new(mortal)
		var source atomic.Pointer[mortal]
		source.Store(first)
		h := hazptr.NewHolder[mortal]()
		defer h.Close()
		if !h.TryProtect(first, &source) {
			t.Error("TryProtect of what the source points to fails")
		}
		source.Store(second)
		if h.TryProtect(first, &source) {
			t.Error("TryProtect of what was unlinked succeeds")
		}
		// The Holder protects nothing now.
		hazptr.RetireIn(d, first, 0, (*mortal).reclaim)
		if err := d.Barrier(within(t, soon)); err != nil {
			t.Error(err)
		}
		wantReclaimed(t, first, 1)
		g := hazptr.Acquire(&source)
		if g.Ptr() != second || h.Protect(&source) != second {
			t.Error("another object is protected than the source points to")
		}
		g.Release()
		source.Store(nil)
		g = hazptr.Acquire(&source)
		if g.Ptr() != nil || h.Protect(&source) != nil {
			t.Error("an object is protected, and the source is nil")
		}
		g.Release()
	})
}

// A Holder protects one object: the next call ends the protection of the one
// before (one slot for each context: hazptr_alloc; hazptr: Holder).
func TestHazardHolderProtectsOneObject(t *testing.T) {
	withDomain(t, func(d *hazptr.Domain) {
		first, second := new(mortal), new(mortal)
		source, other := sourceOf(d, first), sourceOf(d, second)
		h := hazptr.NewHolder[mortal]()
		source.Protect(h)
		other.Protect(h)
		source.Replace(nil)
		if err := d.Barrier(within(t, soon)); err != nil {
			t.Error(err)
		}
		wantReclaimed(t, first, 1)
		h.Set(second) // protected by this Holder all the time
		other.Replace(nil)
		if err := d.Flush(within(t, soon)); err != nil {
			t.Error(err)
		}
		wantReclaimed(t, second, 0)
		h.Close()
		if err := d.Barrier(within(t, soon)); err != nil {
			t.Error(err)
		}
		wantReclaimed(t, second, 1)
		mustPanic(t, "hazptr: ", func() { source.Protect(h) })
		mustPanic(t, "hazptr: ", h.Clear)
		h.Close() // nothing
	})
}

// A reader that stays holds up its object, and no other. That is what hazard
// pointers have before RCU (the seed: "due to the requirement of an unbound
// protect duration"; rcu: "With hazptr it is one").
func TestHazardHoldsUpItsObjectAlone(t *testing.T) {
	withDomain(t, func(d *hazptr.Domain) {
		stalled := new(mortal)
		source := sourceOf(d, stalled)
		g := source.Acquire()
		var others []*mortal
		source.Replace(new(mortal))
		for range 1000 {
			others = append(others, present(source))
			source.Replace(new(mortal))
		}
		if err := d.Flush(within(t, soon)); err != nil {
			t.Error(err)
		}
		for _, m := range others {
			wantReclaimed(t, m, 1)
		}
		wantReclaimed(t, stalled, 0)
		if pending := d.Stats().Pending; pending != 1 {
			t.Errorf("%d objects are pending, want 1", pending)
		}
		g.Release()
	})
}

// Barrier waits for the objects that were retired before it, however long they
// are protected. Flush waits for those alone that nothing protects. No domain
// waits for another's (hazptr_barrier, which the seed misses: "similar to
// rcu_barrier()"; hazptr: Barrier, Flush).
func TestHazardBarrierAndFlush(t *testing.T) {
	withDomain(t, func(d *hazptr.Domain) {
		withDomain(t, func(other *hazptr.Domain) {
			source := sourceOf(d, new(mortal))
			free := present(source)
			source.Replace(new(mortal))
			held := present(source)
			g := source.Acquire()
			source.Replace(nil)
			happens(t, "another domain's Barrier returns", succeeds(t, other.Barrier))
			happens(t, "Flush returns", succeeds(t, d.Flush))
			wantReclaimed(t, free, 1)
			wantReclaimed(t, held, 0)
			done := succeeds(t, d.Barrier)
			waits(t, "Barrier returns, and an object is protected", done)
			g.Release()
			happens(t, "Barrier returns", done)
			wantReclaimed(t, held, 1)
		})
	})
}

// Synchronize waits until nothing protects the object, and for no other
// (hazptr_synchronize: 2026; hazptr: Synchronize).
func TestHazardSynchronize(t *testing.T) {
	m, other := new(mortal), new(mortal)
	var source, another atomic.Pointer[mortal]
	source.Store(m)
	another.Store(other)
	g, h := hazptr.Acquire(&source), hazptr.NewHolder[mortal]()
	h.Protect(&source)
	stays := hazptr.Acquire(&another)
	source.Store(nil)
	if err := hazptr.Synchronize(within(t, time.Millisecond), m); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	done := succeeds(t, func(ctx context.Context) error { return hazptr.Synchronize(ctx, m) })
	waits(t, "Synchronize returns, and a Guard and a Holder protect the object", done)
	g.Release()
	waits(t, "Synchronize returns, and a Holder protects the object", done)
	h.Clear()
	happens(t, "Synchronize returns", done)
	h.Close()
	stays.Release()
}

// A Guard is released once, by one of its copies. A second Release on the same
// variable does nothing; on another copy it panics (hazptr: Release).
func TestHazardGuardIsReleasedOnce(t *testing.T) {
	var source atomic.Pointer[mortal]
	source.Store(new(mortal))
	g := hazptr.Acquire(&source)
	copied := g
	g.Release()
	g.Release()
	mustPanic(t, "hazptr: Release of a Guard of which a copy has been released already", copied.Release)
	var zero hazptr.Guard[mortal]
	zero.Release()
	if zero.Ptr() != nil {
		t.Error("the zero Guard has an object")
	}
}

// A reclaim function may retire other objects, wait for their readers, block,
// and end its goroutine (hazptr: Retire).
func TestHazardReclaimFunctionsMayDoAlmostAnything(t *testing.T) {
	withDomain(t, func(d *hazptr.Domain) {
		var order []string
		add := func(what string) func(*mortal) {
			return func(*mortal) { order = append(order, what) }
		}
		hazptr.RetireIn(d, new(mortal), 0, func(*mortal) {
			next := new(mortal)
			if err := hazptr.Synchronize(within(t, soon), next); err != nil {
				t.Error(err)
			}
			hazptr.RetireIn(d, next, 0, add("next"))
			time.Sleep(time.Millisecond)
			runtime.Goexit()
		})
		// The second one waits for what the first one's have retired.
		for range 2 {
			if err := d.Barrier(within(t, soon)); err != nil {
				t.Error(err)
			}
		}
		if !slices.Equal(order, []string{"next"}) {
			t.Errorf("reclaimed: %v", order)
		}
	})
}

// One that panics ends the program (hazptr: Retire).
func TestHazardReclaimFunctionThatPanicsEndsTheProgram(t *testing.T) {
	endsProgram(t, "on purpose", func() {
		hazptr.Retire(new(mortal), func(*mortal) { panic("on purpose") })
	})
}

// Close waits for all objects. One that expires leaves the domain open.
// Afterwards Retire panics, and names the domain (hazptr: Close).
func TestHazardClose(t *testing.T) {
	d := hazptr.NewDomain(hazptr.Config{Name: "conformance"})
	m := new(mortal)
	source := sourceOf(d, m)
	g := source.Acquire()
	source.Replace(new(mortal))
	if err := d.Close(within(t, time.Millisecond)); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	other := present(source)
	source.Replace(nil) // it is still open
	done := succeeds(t, d.Close)
	waits(t, "Close returns, and an object is protected", done)
	g.Release()
	happens(t, "Close returns", done)
	wantReclaimed(t, m, 1)
	wantReclaimed(t, other, 1)
	if err := d.Close(ended); err != nil {
		t.Error("again:", err)
	}
	mustPanic(t, `hazptr: Retire in domain "conformance", which is closed`, func() { hazptr.RetireIn(d, m, 0, (*mortal).reclaim) })
	mustPanic(t, "hazptr: Close of the default domain", func() { _ = hazptr.Default().Close(context.Background()) })
}

// A domain has goroutines only while objects are pending in it. So does the
// default one (hazptr: Domain).
func TestHazardQuietDomainHasNoGoroutines(t *testing.T) {
	for name, d := range map[string]*hazptr.Domain{"default": hazptr.Default(), "another": hazptr.NewDomain(hazptr.Config{})} {
		t.Run(name, func(t *testing.T) {
			before := goleak.IgnoreCurrent()
			source := sourceOf(d, new(mortal))
			m := present(source)
			g := source.Acquire()
			source.Replace(nil)
			if err := d.Flush(within(t, soon)); err != nil {
				t.Error(err)
			}
			g.Release()
			eventually(t, "the object is reclaimed", func() bool { return m.reclaimed.Load() > 0 })
			noGoroutines(t, before)
		})
	}
}

// The end of each protection happens before the reclaim function and before
// Synchronize's return (hazptr: Guard, Holder, Synchronize). The race detector
// says so.
func TestHazardOrders(t *testing.T) {
	type record struct{ written [4]int }
	withDomain(t, func(d *hazptr.Domain) {
		check := func(r *record) {
			if r.written != [4]int{1, 1, 1, 1} {
				t.Errorf("the end of the object sees %v", r.written)
			}
		}
		source := hazptr.NewPointer(hazptr.PointerConfig[record]{Reclaim: check, Domain: d}, new(record))
		for round := range rounds(400) {
			var users, inside sync.WaitGroup
			inside.Add(4)
			for i := range 4 {
				users.Go(func() {
					if i%2 == 0 {
						g := source.Acquire()
						inside.Done()
						g.Ptr().written[i]++
						g.Release()
						return
					}
					h := hazptr.NewHolder[record]()
					p := source.Protect(h)
					inside.Done()
					p.written[i]++
					h.Close()
				})
			}
			returns(t, &inside)
			if round%2 == 0 {
				source.Replace(new(record))
			} else {
				old, err := source.ReplaceAndWait(within(t, soon), new(record))
				if err != nil {
					t.Error(err)
				}
				check(old)
			}
			returns(t, &users)
		}
	})
}

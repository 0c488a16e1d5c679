package conformance

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hazptr"
)

// A random sequence of calls by one goroutine, against a list of what each
// protects. An object is never reclaimed while it is protected. It is reclaimed
// after a Flush once it is not.
func TestHazardPointersProperty(t *testing.T) {
	check(t, 600, func(t *rapid.T) {
		d := hazptr.NewDomain(hazptr.Config{ScanPercent: 100})
		const n = 3
		var sources []*hazptr.Pointer[mortal]
		var holders []*hazptr.Holder[mortal]
		held := make([]*mortal, n) // by each Holder
		for range n {
			sources = append(sources, sourceOf(d, new(mortal)))
			holders = append(holders, hazptr.NewHolder[mortal]())
		}
		type guard struct {
			hazptr.Guard[mortal]
			m *mortal
		}
		var guards []*guard
		var before []hazptr.Guard[mortal] // copies of Guards that were released
		var retired []*mortal
		protected := func(m *mortal) bool {
			return slices.Contains(held, m) || slices.ContainsFunc(guards, func(g *guard) bool { return g.m == m })
		}
		// Of all Holders and Guards of the process.
		figures := hazptr.Default().Stats()
		index := rapid.IntRange(0, n-1)
		expire := func() (context.Context, context.CancelFunc) {
			return context.WithTimeout(context.Background(), 200*time.Microsecond)
		}
		t.Repeat(map[string]func(*rapid.T){
			"Protect": func(t *rapid.T) {
				h, s := index.Draw(t, "holder"), sources[index.Draw(t, "source")]
				held[h] = s.Protect(holders[h])
				if held[h] != present(s) {
					t.Fatal("Protect returns another object")
				}
			},
			"Set": func(t *rapid.T) {
				h, s := index.Draw(t, "holder"), sources[index.Draw(t, "source")]
				// It is not unlinked before Set has returned.
				held[h] = present(s)
				holders[h].Set(held[h])
			},
			"Clear": func(t *rapid.T) {
				h := index.Draw(t, "holder")
				holders[h].Clear()
				held[h] = nil
			},
			"another Holder": func(t *rapid.T) {
				h := index.Draw(t, "holder")
				holders[h].Close()
				held[h] = nil
				mustPanic(t, "hazptr: ", holders[h].Clear)
				holders[h] = hazptr.NewHolder[mortal]()
			},
			"Acquire": func(t *rapid.T) {
				if len(guards) > 10 {
					t.Skip("enough")
				}
				s := sources[index.Draw(t, "source")]
				g := &guard{Guard: s.Acquire()}
				g.m = g.Ptr()
				if g.m != present(s) {
					t.Fatal("Acquire returns another object")
				}
				guards = append(guards, g)
			},
			"Release": func(t *rapid.T) {
				if len(guards) == 0 {
					t.Skip("there are no Guards")
				}
				i := rapid.IntRange(0, len(guards)-1).Draw(t, "guard")
				if guards[i].m != nil {
					before = append(before, guards[i].Guard)
				}
				guards[i].Release()
				guards[i].Release()
				guards = append(guards[:i], guards[i+1:]...)
			},
			"Release of a copy": func(t *rapid.T) {
				if len(before) == 0 {
					t.Skip("none was released")
				}
				g := before[rapid.IntRange(0, len(before)-1).Draw(t, "guard")]
				mustPanic(t, "hazptr: Release of a Guard of which a copy has been released already", g.Release)
			},
			"Share": func(t *rapid.T) {
				if len(guards) == 0 || len(guards) > 10 {
					t.Skip("no Guard, or enough")
				}
				g := guards[rapid.IntRange(0, len(guards)-1).Draw(t, "guard")]
				guards = append(guards, &guard{Guard: g.Share(), m: g.m})
			},
			"Keep": func(t *rapid.T) {
				if len(guards) > 10 {
					t.Skip("enough")
				}
				// No other goroutine retires it.
				m := present(sources[index.Draw(t, "source")])
				guards = append(guards, &guard{Guard: hazptr.Keep(m), m: m})
			},
			"Do": func(t *rapid.T) {
				s := sources[index.Draw(t, "source")]
				s.Do(func(m *mortal) {
					retired = append(retired, m) //hazptrvet:ignore the collector ends it
					s.Replace(new(mortal))
					if err := d.Flush(within(t, soon)); err != nil {
						t.Fatal(err)
					}
					if m.reclaimed.Load() != 0 {
						t.Fatal("an object has been reclaimed while it is used")
					}
				})
			},
			"Replace": func(t *rapid.T) {
				s, next := sources[index.Draw(t, "source")], new(mortal)
				if rapid.Bool().Draw(t, "nil") {
					next = nil
				}
				if old := present(s); old != nil {
					retired = append(retired, old)
				}
				s.Replace(next)
			},
			"CompareAndReplace": func(t *rapid.T) {
				s, next := sources[index.Draw(t, "source")], new(mortal)
				old := present(s)
				if s.CompareAndReplace(new(mortal), next) || !s.CompareAndReplace(old, next) || present(s) != next {
					t.Fatal("CompareAndReplace has compared something else")
				}
				if old != nil {
					retired = append(retired, old)
				}
			},
			"Flush": func(t *rapid.T) {
				if err := d.Flush(within(t, soon)); err != nil {
					t.Fatal(err)
				}
				pending := int64(0)
				for _, m := range retired {
					if !protected(m) && m.reclaimed.Load() != 1 {
						t.Fatal("an object that nothing protects has not been reclaimed by a Flush")
					}
					if protected(m) {
						pending++
					}
				}
				if s := d.Stats(); s.Pending != pending || s.Retired != int64(len(retired)) || s.Reclaimed != s.Retired-pending {
					t.Fatalf("retired: %d, reclaimed: %d, pending: %d; want %d, %d, %d", s.Retired, s.Reclaimed, s.Pending, len(retired), int64(len(retired))-pending, pending)
				}
			},
			"Barrier": func(t *rapid.T) {
				if slices.ContainsFunc(retired, protected) {
					ctx, cancel := expire()
					defer cancel()
					if err := d.Barrier(ctx); !errors.Is(err, context.DeadlineExceeded) {
						t.Fatalf("an object is protected, and Barrier returns: %v", err)
					}
					return
				}
				if err := d.Barrier(within(t, soon)); err != nil {
					t.Fatal(err)
				}
				for _, m := range retired {
					if m.reclaimed.Load() != 1 {
						t.Fatal("an object has not been reclaimed, and Barrier has returned")
					}
				}
			},
			"Synchronize": func(t *rapid.T) {
				// Nothing protects the new object.
				if err := hazptr.Synchronize(ended, new(mortal)); err != nil {
					t.Fatal(err)
				}
			},
			"ReplaceAndWait": func(t *rapid.T) {
				s := sources[index.Draw(t, "source")]
				m := present(s)
				switch old, err := s.ReplaceAndWait(ended, nil); {
				case protected(m) && m != nil:
					if old != nil || !errors.Is(err, context.Canceled) {
						t.Fatalf("it is protected, and ReplaceAndWait returns %p, %v", old, err)
					}
					retired = append(retired, m)
				case old != m || err != nil:
					t.Fatalf("ReplaceAndWait: %p, %v, want %p", old, err, m)
				case m != nil:
					m.reclaim()
				}
			},
			"": func(t *rapid.T) {
				for _, m := range retired {
					if n := m.reclaimed.Load(); n > 1 || n == 1 && protected(m) {
						t.Fatalf("an object was reclaimed %d times; protected: %t", n, protected(m))
					}
				}
				holding := int64(0) // a Guard of nil takes no place
				for _, g := range guards {
					if g.m != nil {
						holding++
					}
				}
				if s := hazptr.Default().Stats(); s.Guards-figures.Guards != holding || s.Holders != figures.Holders {
					t.Fatalf("the figures show %d Guards, want %d; Holders: %d, want %d", s.Guards-figures.Guards, holding, s.Holders, figures.Holders)
				}
			},
		})
		for _, g := range guards {
			g.Release()
		}
		for _, h := range holders {
			h.Close()
		}
		if err := d.Close(within(t, soon)); err != nil {
			t.Fatal(err)
		}
		for _, m := range retired {
			if m.reclaimed.Load() != 1 {
				t.Fatal("Close has not reclaimed an object")
			}
		}
	})
}

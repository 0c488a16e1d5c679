package conformance

import (
	"testing"

	"pgregory.net/rapid"

	"hazptr/percpuref"
)

// A random sequence of calls by one goroutine, against a count.
func TestRefProperty(t *testing.T) {
	check(t, 10000, func(t *rapid.T) {
		released := 0
		r := percpuref.New(func() { released++ })
		// The model.
		count, dying, atomic, releases := 1, false, false, 0
		put := func(n int) {
			count -= n
			if count == 0 && (dying || atomic) {
				releases++
			}
		}
		many := rapid.IntRange(1, 5)
		t.Repeat(map[string]func(*rapid.T){
			"Get": func(t *rapid.T) {
				if count == 0 {
					t.Skip("not allowed")
				}
				r.Get()
				count++
			},
			"GetMany": func(t *rapid.T) {
				if count == 0 {
					t.Skip("not allowed")
				}
				n := many.Draw(t, "n")
				r.GetMany(n)
				count += n
			},
			"TryGet": func(t *rapid.T) {
				got := r.TryGet()
				if got != (count > 0) {
					t.Fatalf("TryGet is %t, the count %d", got, count)
				}
				if got {
					count++
				}
			},
			"TryGetLive": func(t *rapid.T) {
				got := r.TryGetLive()
				if got != (count > 0 && !dying) {
					t.Fatalf("TryGetLive is %t, the count %d, dying: %t", got, count, dying)
				}
				if got {
					count++
				}
			},
			"Put": func(t *rapid.T) {
				if count < 1 || count < 2 && !dying {
					t.Skip("the last one is the owner's")
				}
				r.Put()
				put(1)
			},
			"PutMany": func(t *rapid.T) {
				n := many.Draw(t, "n")
				if count < n || count < n+1 && !dying {
					t.Skip("the last one is the owner's")
				}
				r.PutMany(n)
				put(n)
			},
			"Kill": func(t *rapid.T) {
				if dying {
					mustPanic(t, "percpuref: Kill of a Ref that is dying already", r.Kill)
					return
				}
				dying = true
				put(1)
				r.Kill()
			},
			"KillAndConfirm": func(t *rapid.T) {
				if dying {
					mustPanic(t, "percpuref: KillAndConfirm of a Ref that is dying already", func() { r.KillAndConfirm(func() {}) })
					return
				}
				confirmed := 0
				r.KillAndConfirm(func() {
					confirmed++
					if r.TryGetLive() || r.IsZero() || !r.IsDying() || released != releases {
						t.Fatal("confirm: TryGetLive succeeds, or the Ref is zero, not dying, or released")
					}
				})
				if confirmed != 1 {
					t.Fatalf("confirmed %d times", confirmed)
				}
				dying = true
				put(1)
			},
			"Reinit": func(t *rapid.T) {
				if count != 0 || !dying {
					mustPanic(t, "percpuref: Reinit", r.Reinit)
					return
				}
				r.Reinit()
				dying = false
				count++
			},
			"Resurrect": func(t *rapid.T) {
				if !dying {
					mustPanic(t, "percpuref: Resurrect of a Ref that is not dying", r.Resurrect)
					return
				}
				r.Resurrect()
				dying = false
				count++
			},
			"SwitchToAtomic": func(t *rapid.T) {
				confirmed := 0
				r.SwitchToAtomic(func() { confirmed++ })
				if confirmed != 1 {
					t.Fatalf("confirmed %d times", confirmed)
				}
				atomic = true
			},
			"SwitchToPercpu": func(*rapid.T) {
				r.SwitchToPercpu()
				atomic = false
			},
			"": func(t *rapid.T) {
				if released != releases || r.IsDying() != dying || r.IsZero() != (count == 0) {
					t.Fatalf("released %d times, dying: %t, zero: %t; want %d, %t, and the count is %d", released, r.IsDying(), r.IsZero(), releases, dying, count)
				}
			},
		})
		// What is left over is what the model says: not one more, and not one
		// fewer.
		if !dying {
			dying = true
			put(1)
			r.Kill()
		}
		if count > 0 {
			n := count
			put(n)
			r.PutMany(n)
		}
		if released != releases || !r.IsZero() {
			t.Fatalf("released %d times, zero: %t; want %d, true", released, r.IsZero(), releases)
		}
		mustPanic(t, "percpuref: Put below zero", r.Put)
	})
}

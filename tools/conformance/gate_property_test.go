package conformance

import (
	"context"
	"errors"
	"testing"

	"pgregory.net/rapid"

	"hazptr"
	"hazptr/gate"
)

// A random sequence of calls by one goroutine, against the numbers of users
// inside and of freezes.
func TestGateProperty(t *testing.T) {
	check(t, 5000, func(t *rapid.T) {
		g := gate.New()
		var inside []gate.Pass
		var before []gate.Pass // copies of passes that were given back
		freezes, dying := 0, false
		guards := hazptr.Default().Stats().Guards
		t.Repeat(map[string]func(*rapid.T){
			"TryEnter": func(t *rapid.T) {
				p, ok := g.TryEnter()
				if ok != (freezes == 0 && !dying) {
					t.Fatalf("TryEnter is %t; freezes: %d, dying: %t", ok, freezes, dying)
				}
				if ok {
					inside = append(inside, p)
				}
			},
			"Enter": func(t *rapid.T) {
				p, err := g.Enter(ended)
				switch {
				case dying:
					if !errors.Is(err, gate.ErrDying) {
						t.Fatalf("dying, and Enter returns: %v", err)
					}
				case freezes > 0:
					if !errors.Is(err, context.Canceled) {
						t.Fatalf("frozen, and Enter returns: %v", err)
					}
				case err != nil:
					t.Fatal(err)
				default:
					inside = append(inside, p)
				}
			},
			"Exit": func(t *rapid.T) {
				if len(inside) == 0 {
					t.Skip("no user is inside")
				}
				i := rapid.IntRange(0, len(inside)-1).Draw(t, "pass")
				before = append(before, inside[i])
				inside[i].Exit()
				inside[i].Exit()
				inside = append(inside[:i], inside[i+1:]...)
			},
			"Exit of a copy": func(t *rapid.T) {
				if len(before) == 0 {
					t.Skip("no user has left")
				}
				p := before[rapid.IntRange(0, len(before)-1).Draw(t, "pass")]
				mustPanic(t, "released already", p.Exit)
			},
			"Freeze": func(t *rapid.T) {
				err := g.Freeze(ended)
				if (err == nil) != (len(inside) == 0) || err != nil && !errors.Is(err, context.Canceled) {
					t.Fatalf("Freeze: %v; inside: %d", err, len(inside))
				}
				if err == nil {
					freezes++
				}
			},
			"Unfreeze": func(t *rapid.T) {
				if freezes == 0 {
					mustPanic(t, "gate: Unfreeze of a Gate that is not frozen", g.Unfreeze)
					return
				}
				g.Unfreeze()
				freezes--
			},
			"Kill": func(t *rapid.T) {
				if rapid.IntRange(0, 9).Draw(t, "die") > 0 {
					t.Skip("not yet")
				}
				if dying {
					mustPanic(t, "gate: Kill of a Gate that was killed already", g.Kill)
					return
				}
				g.Kill()
				dying = true
			},
			"": func(t *rapid.T) {
				if got := hazptr.Default().Stats().Guards - guards; got != int64(len(inside)) {
					t.Fatalf("%d Guards are held, and %d are inside", got, len(inside))
				}
				p, ok := g.TryEnter()
				p.Exit()
				if ok != (freezes == 0 && !dying) {
					t.Fatalf("the gate is open: %t; freezes: %d, dying: %t", ok, freezes, dying)
				}
			},
		})
		for i := range inside {
			inside[i].Exit()
		}
		if err := g.Freeze(ended); err != nil {
			t.Fatalf("no user is inside: %v", err)
		}
	})
}

package conformance

import (
	"context"
	"testing"

	"pgregory.net/rapid"

	"hazptr/gate"
)

// A random sequence of calls by one goroutine, against the numbers of those who are inside and of freezes.
func TestGateProperty(t *testing.T) {
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	rapid.Check(t, func(t *rapid.T) {
		g := gate.New()
		var inside []gate.Pass
		freezes, dying := 0, false
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
					if err != gate.ErrDying {
						t.Fatal(err)
					}
				case freezes > 0:
					if err == nil || err == gate.ErrDying {
						t.Fatal(err)
					}
				case err != nil:
					t.Fatal(err)
				default:
					inside = append(inside, p)
				}
			},
			"Exit": func(t *rapid.T) {
				if len(inside) == 0 {
					t.Skip("nobody is inside")
				}
				i := rapid.IntRange(0, len(inside)-1).Draw(t, "pass")
				inside[i].Exit()
				inside = append(inside[:i], inside[i+1:]...)
			},
			"Freeze": func(t *rapid.T) {
				err := g.Freeze(ended)
				if (err == nil) != (len(inside) == 0) {
					t.Fatalf("Freeze: %v; inside: %d", err, len(inside))
				}
				if err == nil {
					freezes++
				}
			},
			"Unfreeze": func(t *rapid.T) {
				if freezes == 0 {
					mustPanic(t, "gate: Unfreeze", g.Unfreeze)
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
					mustPanic(t, "gate: Kill", g.Kill)
					return
				}
				g.Kill()
				dying = true
			},
		})
		for i := range inside {
			inside[i].Exit()
		}
	})
}

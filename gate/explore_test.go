//go:build hazptr_explore

package gate

import (
	"context"
	"fmt"
	"testing"

	"hazptr/internal/explore/scenario"
	"hazptr/internal/hazard"
)

// A world is a gate, and the thing that it guards: users use the object of the
// first source, which owners replace.
type world struct {
	*scenario.World
	gate *Gate
}

func newWorld() *world {
	w := &world{World: scenario.NewWorld()}
	w.Setup = func() {
		w.Reset()
		hazard.RenewGuards(w.Name)
		w.gate = New()
		w.Name(scenario.Address(&w.gate.open), "open")
	}
	return w
}

// use uses the object, and gives the Pass back.
func (w *world) use(p Pass) {
	w.Sources[0].Load().Use()
	p.Exit()
}

func (w *world) try() {
	if p, ok := w.gate.TryEnter(); ok {
		w.use(p)
	}
}

// freeze replaces the object while the gate is frozen, unless ctx ends.
func (w *world) freeze(ctx context.Context, with int) {
	if w.gate.Freeze(ctx) == nil {
		w.Replace(0, with, func(*scenario.Object) error { return nil })
		w.gate.Unfreeze()
	}
}

func (w *world) enter() {
	if p, err := w.gate.Enter(context.Background()); err == nil {
		w.use(p)
	}
}

func TestExploreFreeze(t *testing.T) {
	for _, c := range []struct{ users, passes, freezes int }{{1, 1, 1}, {1, 2, 1}, {1, 1, 2}, {1, 2, 2}, {2, 1, 1}} {
		w := newWorld()
		for range c.users {
			w.Threads = append(w.Threads, func() {
				for range c.passes {
					w.try()
				}
			})
		}
		w.Threads = append(w.Threads, func() {
			for i := range c.freezes {
				w.freeze(context.Background(), 2+i)
			}
		})
		scenario.Run(t, fmt.Sprintf("%s, passes of each: %d, %s", scenario.Count(c.users, "user"), c.passes, scenario.Count(c.freezes, "freeze")), w.Scenario)
	}
}

// An owner gives up at once if a user is inside. The next Freeze waits for that
// user, and for the next one.
func TestExploreExpired(t *testing.T) {
	w := newWorld()
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	both := func() {
		w.try()
		w.try()
	}
	w.Threads = []func(){both, func() {
		w.freeze(ended, 2)
		w.freeze(context.Background(), 3)
	}}
	scenario.Run(t, "1 user, passes of each: 2, 2 freezes, of which the first gives up", w.Scenario)
}

func TestExploreOwners(t *testing.T) {
	w := newWorld()
	w.Threads = []func(){
		w.try,
		func() { w.freeze(context.Background(), 2) },
		func() {
			if w.gate.Freeze(context.Background()) == nil {
				w.gate.Unfreeze()
			}
		},
	}
	scenario.Run(t, "1 user, 2 owners", w.Scenario)
}

func TestExploreEnter(t *testing.T) {
	for _, freezes := range []int{1, 2} {
		w := newWorld()
		w.Threads = []func(){w.enter, func() {
			for i := range freezes {
				w.freeze(context.Background(), 2+i)
			}
		}}
		scenario.Run(t, "1 user that waits, "+scenario.Count(freezes, "freeze"), w.Scenario)
	}
}

func TestExploreKill(t *testing.T) {
	w := newWorld()
	w.Threads = []func(){
		w.enter,
		func() { w.freeze(context.Background(), 2) },
		func() { w.gate.Kill() },
	}
	w.Check = func() string {
		if w.gate.open.Load() != nil {
			return "a gate that is dying is open"
		}
		return ""
	}
	scenario.Run(t, "1 user that waits, 1 freeze, a Kill", w.Scenario)
}

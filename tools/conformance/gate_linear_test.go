package conformance

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/anishathalye/porcupine"

	"hazptr/gate"
)

// A gateState is what a gate.Gate is at a moment. A Freeze is two calls of the same time: it closes the gate, and later finds that nobody is inside.
type gateState struct {
	inside, closed, frozen int
	dying                  bool
}

var gateModel = porcupine.Model{
	Init: func() any { return gateState{} },
	Step: func(state, input, output any) (bool, any) {
		s := state.(gateState)
		switch input {
		case "TryEnter":
			open := s.closed == 0 && !s.dying
			if output == false {
				return !open, s
			}
			s.inside++
			return open, s
		case "Exit":
			s.inside--
			return s.inside >= 0, s
		case "Freeze: close":
			s.closed++
			return true, s
		case "Freeze: empty":
			s.frozen++
			return s.closed >= s.frozen && s.inside == 0, s
		case "Unfreeze":
			s.closed--
			s.frozen--
			return s.frozen >= 0, s
		case "Kill":
			s.dying = true
			return true, s
		}
		return false, s
	},
	DescribeOperation: func(input, output any) string { return fmt.Sprint(input, " ", output) },
}

// recordFreeze records a Freeze as its two calls.
func (h *history) recordFreeze(client int, freeze func()) {
	h.record(client, "Freeze: close", func() any {
		h.record(client+100, "Freeze: empty", func() any { freeze(); return nil })
		return nil
	})
}

func TestGateIsLinearizable(t *testing.T) {
	histories := 300
	if testing.Short() {
		histories = 50
	}
	for seed := range uint64(histories) {
		h, g := newHistory(), gate.New()
		var all sync.WaitGroup
		for user := range 3 {
			all.Go(func() {
				random := rand.New(rand.NewPCG(seed, uint64(user)))
				var mine []gate.Pass
				for range 8 {
					if len(mine) > 0 && random.IntN(2) == 0 {
						h.record(user, "Exit", func() any { mine[0].Exit(); return nil })
						mine = mine[1:]
						continue
					}
					h.record(user, "TryEnter", func() any {
						p, ok := g.TryEnter()
						if ok {
							mine = append(mine, p)
						}
						return ok
					})
				}
				for ; len(mine) > 0; mine = mine[1:] {
					h.record(user, "Exit", func() any { mine[0].Exit(); return nil })
				}
			})
		}
		for freezer := 3; freezer < 5; freezer++ {
			all.Go(func() {
				for range 2 {
					h.recordFreeze(freezer, func() {
						if err := g.Freeze(context.Background()); err != nil {
							t.Error(err)
						}
					})
					h.record(freezer, "Unfreeze", func() any { g.Unfreeze(); return nil })
				}
			})
		}
		if seed%4 == 0 {
			all.Go(func() { h.record(5, "Kill", func() any { g.Kill(); return nil }) })
		}
		all.Wait()
		h.check(t, gateModel, true)
	}
}

// A Freeze that doesn't wait, and a gate that lets in who comes too late.
func TestLinearizabilityOfAGateNotices(t *testing.T) {
	h := newHistory()
	h.record(0, "TryEnter", func() any { return true })
	h.recordFreeze(1, func() {})
	h.record(0, "Exit", func() any { return nil })
	h.check(t, gateModel, false)

	h = newHistory()
	h.recordFreeze(1, func() {})
	h.record(0, "TryEnter", func() any { return true })
	h.check(t, gateModel, false)
}

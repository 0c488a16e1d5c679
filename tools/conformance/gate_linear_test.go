package conformance

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"hazptr/gate"
)

// gateCalls are what a gate.Gate can be asked to do.
type gateCalls interface {
	TryEnter() (exit func(), ok bool)
	Enter(context.Context) (exit func(), err error)
	Freeze(context.Context) error
	Unfreeze()
	Kill()
}

// A gateCall is a call, or a step of one, by one of at most sixteen clients.
type gateCall struct {
	step   string
	client int
}

// A Freeze takes two steps. It closes the gate, and later either finds that no
// user is inside, or gives up and undoes the first step.
const (
	freezeCloses  = "Freeze: close"
	freezeIsAlone = "Freeze: no user is inside"
	freezeGivesUp = "Freeze: give up"
)

// A gateState is what a Gate is at a moment: how many users are inside, which
// Freezes close it, and which have found that no user is inside.
type gateState struct {
	inside         int
	closed, frozen uint16
	dying          bool
}

func (s gateState) open() bool { return s.closed == 0 && !s.dying }

var gateModel = porcupine.Model{
	Init: func() any { return gateState{} },
	Step: func(state, input, output any) (bool, any) {
		s, c := state.(gateState), input.(gateCall)
		bit := uint16(1) << c.client
		switch c.step {
		case "TryEnter":
			if output == false {
				return !s.open(), s
			}
			ok := s.open()
			s.inside++
			return ok, s
		case "Enter":
			switch output {
			case "dying":
				return s.dying, s
			case "expired": // it must have waited
				return !s.open() && !s.dying, s
			}
			ok := s.open()
			s.inside++
			return ok, s
		case "Exit":
			s.inside--
			return s.inside >= 0, s
		case freezeCloses:
			ok := s.closed&bit == 0
			s.closed |= bit
			return ok, s
		case freezeIsAlone:
			ok := s.closed&bit != 0 && s.inside == 0
			s.frozen |= bit
			return ok, s
		case freezeGivesUp:
			ok := s.closed&bit != 0 && s.frozen&bit == 0
			s.closed &^= bit
			return ok, s
		case "Unfreeze":
			ok := s.frozen&bit != 0
			s.closed &^= bit
			s.frozen &^= bit
			return ok, s
		case "Kill":
			ok := !s.dying
			s.dying = true
			return ok, s
		}
		panic(c.step)
	},
	DescribeOperation: func(input, output any) string { return fmt.Sprint(input, " ", output) },
}

// patience is how long a client waits that can't be sure to be let in, or
// alone.
const patience = 2 * time.Millisecond

// gateHistory is that of some users and freezers, and perhaps a killer.
func gateHistory(t testing.TB, seed uint64, g gateCalls) *history {
	h := newHistory()
	var clients []func()
	for user := range 3 {
		clients = append(clients, func() {
			random := rand.New(rand.NewPCG(seed, uint64(user)))
			var mine []func()
			leave := func() {
				h.record(user, gateCall{"Exit", user}, func() any { mine[0](); return nil })
				mine = mine[1:]
			}
			for range 8 {
				switch random.IntN(5) {
				case 0, 1:
					if len(mine) > 0 {
						leave()
					}
				case 2, 3:
					h.record(user, gateCall{"TryEnter", user}, func() any {
						exit, ok := g.TryEnter()
						if ok {
							mine = append(mine, exit)
						}
						return ok
					})
				case 4:
					ctx, cancel := ended, func() {}
					if len(mine) == 0 { // otherwise a Freeze may wait for us
						ctx, cancel = context.WithTimeout(context.Background(), patience)
					}
					h.record(user, gateCall{"Enter", user}, func() any {
						exit, err := g.Enter(ctx)
						switch {
						case errors.Is(err, gate.ErrDying):
							return "dying"
						case err != nil:
							return "expired"
						}
						mine = append(mine, exit)
						return "in"
					})
					cancel()
				}
				if random.IntN(4) == 0 {
					runtime.Gosched()
				}
			}
			for len(mine) > 0 {
				leave()
			}
		})
	}
	for freezer := 3; freezer < 5; freezer++ {
		clients = append(clients, func() {
			random := rand.New(rand.NewPCG(seed, uint64(freezer)))
			for range 3 {
				ctx, cancel := within(t, soon), func() {}
				switch random.IntN(3) {
				case 0:
					ctx = ended
				case 1:
					ctx, cancel = context.WithTimeout(ctx, time.Duration(1+random.IntN(20))*time.Microsecond)
				}
				from := h.now()
				err := g.Freeze(ctx)
				to := h.now()
				cancel()
				h.add(freezer, gateCall{freezeCloses, freezer}, nil, from, to)
				if err != nil {
					h.add(freezer, gateCall{freezeGivesUp, freezer}, nil, from, to)
					continue
				}
				h.add(freezer, gateCall{freezeIsAlone, freezer}, nil, from, to)
				runtime.Gosched()
				h.record(freezer, gateCall{"Unfreeze", freezer}, func() any { g.Unfreeze(); return nil })
			}
		})
	}
	if seed%4 == 0 {
		const killer = 5
		clients = append(clients, func() {
			for range seed % 32 {
				runtime.Gosched()
			}
			h.record(killer, gateCall{"Kill", killer}, func() any { g.Kill(); return nil })
		})
	}
	together(t, clients...)
	return h
}

type realGate struct{ *gate.Gate }

func (g realGate) TryEnter() (func(), bool) {
	p, ok := g.Gate.TryEnter()
	return p.Exit, ok
}

func (g realGate) Enter(ctx context.Context) (func(), error) {
	p, err := g.Gate.Enter(ctx)
	return p.Exit, err
}

// Whatever the order in which users, freezers and a killer come, each call
// takes effect at one moment, except Freeze, which takes two (gate: Gate).
func TestGateIsLinearizable(t *testing.T) {
	outcomes := map[string]int{}
	for seed := range uint64(rounds(2000)) {
		h := gateHistory(t, seed, realGate{gate.New()})
		if !h.linearizable(t, gateModel) {
			t.Fatalf("not linearizable:\n%s", h)
		}
		for _, o := range h.operations {
			outcomes[fmt.Sprint(o.Input.(gateCall).step, " ", o.Output)]++
		}
	}
	for _, o := range []string{
		"TryEnter true", "TryEnter false", "Enter in", "Enter expired", "Enter dying",
		freezeIsAlone + " <nil>", freezeGivesUp + " <nil>",
	} {
		if outcomes[o] == 0 { // otherwise the histories show little
			t.Errorf("it never happened: %s; what did: %v", o, outcomes)
		}
	}
}

// A plainGate is a gate under a lock, with or without a fault.
type plainGate struct {
	mu              sync.Mutex
	inside, freezes int
	dying, shut     bool
	fault           string
}

const (
	freezeDoesNotWait = "Freeze does not wait"
	unfreezeOpens     = "Unfreeze opens although another Freeze is in force"
	entersLate        = "TryEnter looks and then enters, and others come in between"
	killDoesNothing   = "Kill does nothing"
	expiredShuts      = "a Freeze that gives up leaves the gate closed"
	unfreezeRevives   = "Unfreeze opens a dying gate"
)

func (g *plainGate) open() bool { return g.freezes == 0 && !g.dying && !g.shut }

func (g *plainGate) TryEnter() (func(), bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.open() {
		return nil, false
	}
	if g.fault == entersLate {
		g.mu.Unlock()
		runtime.Gosched()
		g.mu.Lock()
	}
	g.inside++
	return func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.inside--
	}, true
}

func (g *plainGate) Enter(ctx context.Context) (func(), error) {
	for {
		if exit, ok := g.TryEnter(); ok {
			return exit, nil
		}
		g.mu.Lock()
		dying, open := g.dying, g.open()
		g.mu.Unlock()
		if dying {
			return nil, gate.ErrDying
		}
		if ctx.Err() != nil && !open {
			return nil, ctx.Err()
		}
		runtime.Gosched()
	}
}

func (g *plainGate) Freeze(ctx context.Context) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	for g.freezes++; g.inside > 0 && g.fault != freezeDoesNotWait; {
		g.mu.Unlock()
		runtime.Gosched()
		g.mu.Lock()
		if g.inside > 0 && ctx.Err() != nil {
			g.freezes--
			g.shut = g.fault == expiredShuts
			return context.Canceled
		}
	}
	return nil
}

func (g *plainGate) Unfreeze() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.freezes--
	switch g.fault {
	case unfreezeOpens:
		g.freezes = 0
	case unfreezeRevives:
		g.dying = false
	}
}

func (g *plainGate) Kill() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.dying = g.fault != killDoesNothing
}

// The check accepts a plain gate under a lock, and rejects one that is broken.
func TestLinearizabilityOfAGateNotices(t *testing.T) {
	with := func(fault string) func(uint64) *history {
		return func(seed uint64) *history { return gateHistory(t, seed, &plainGate{fault: fault}) }
	}
	for seed := range uint64(rounds(100)) {
		if h := with("")(seed); !h.linearizable(t, gateModel) {
			t.Fatalf("not linearizable:\n%s", h)
		}
	}
	for _, fault := range []string{freezeDoesNotWait, unfreezeOpens, entersLate, killDoesNothing, expiredShuts, unfreezeRevives} {
		t.Run(fault, func(t *testing.T) { rejected(t, gateModel, with(fault)) })
	}
}

package conformance

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"hazptr"
	"hazptr/gate"
)

func mustEnter(t testing.TB, g *gate.Gate) *gate.Pass {
	t.Helper()
	p, ok := g.TryEnter()
	if !ok {
		t.Fatal("TryEnter of an open gate fails")
	}
	return &p
}

func mustNotEnter(t testing.TB, g *gate.Gate) {
	t.Helper()
	if p, ok := g.TryEnter(); ok {
		p.Exit()
		t.Error("TryEnter of a closed gate succeeds")
	}
}

func mustFreeze(t testing.TB, g *gate.Gate) {
	t.Helper()
	if err := g.Freeze(within(t, soon)); err != nil {
		t.Fatal(err)
	}
}

// closes waits until a Freeze that is under way has closed the gate.
func closes(t testing.TB, g *gate.Gate) {
	t.Helper()
	eventually(t, "the gate is closed", func() bool {
		p, ok := g.TryEnter()
		p.Exit()
		return !ok
	})
}

// An open gate lets in any number (block/blk-core.c, blk_queue_enter: live),
// also if the context has ended (gate: Enter).
func TestGateOpenLetsIn(t *testing.T) {
	g := gate.New()
	var passes []*gate.Pass
	for range 100 {
		p, err := g.Enter(ended)
		if err != nil {
			t.Fatal(err)
		}
		passes = append(passes, &p, mustEnter(t, g))
	}
	for _, p := range passes {
		p.Exit()
	}
	mustFreeze(t, g) // all have left
}

// A frozen gate refuses at once a caller that does not want to wait
// (blk_queue_enter: BLK_MQ_REQ_NOWAIT), also while the Freeze waits (gate:
// TryEnter "never blocks").
func TestGateTryEnterNeverBlocks(t *testing.T) {
	g := gate.New()
	p := mustEnter(t, g)
	frozen := succeeds(t, g.Freeze)
	closes(t, g)
	happens(t, "TryEnter returns while a Freeze waits", background(func() { mustNotEnter(t, g) }))
	if _, err := g.Enter(ended); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	waits(t, "frozen, and one is inside", frozen)
	p.Exit()
	happens(t, "frozen", frozen)
	happens(t, "TryEnter returns while the gate is frozen", background(func() { mustNotEnter(t, g) }))
}

// A frozen gate lets all callers wait until it is thawed (blk_queue_enter;
// blk_mq_unfreeze_queue: wake_up_all), or until the context ends (gate: Enter).
func TestGateFrozenLetsWait(t *testing.T) {
	g := gate.New()
	mustFreeze(t, g)
	if _, err := g.Enter(within(t, time.Millisecond)); !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, gate.ErrDying) {
		t.Error(err)
	}
	var entered []<-chan struct{}
	for range 5 {
		entered = append(entered, background(func() {
			p, err := g.Enter(within(t, soon))
			if err != nil {
				t.Error(err)
			}
			p.Exit()
		}))
	}
	for _, done := range entered {
		waits(t, "a user enters a frozen gate", done)
	}
	g.Unfreeze()
	for _, done := range entered {
		happens(t, "all that wait enter", done)
	}
}

// A dying gate returns an error to callers that come and to callers that wait
// (blk_queue_enter: -ENODEV; blk_queue_start_drain: "Make blk_queue_enter()
// reexamine the DYING flag", wake_up_all). Kill does not wait for the users
// that are inside (gate: Kill).
func TestGateDyingRefuses(t *testing.T) {
	g := gate.New()
	p := mustEnter(t, g)
	frozen := succeeds(t, g.Freeze)
	closes(t, g)
	var waiting []<-chan struct{}
	for range 5 {
		waiting = append(waiting, background(func() {
			if _, err := g.Enter(within(t, soon)); !errors.Is(err, gate.ErrDying) {
				t.Error(err)
			}
		}))
	}
	for _, done := range waiting {
		waits(t, "a user enters a frozen gate", done)
	}
	happens(t, "Kill returns", background(g.Kill))
	for _, done := range waiting {
		happens(t, "a waiting Enter is told that the gate is dying", done)
	}
	mustNotEnter(t, g)
	for _, ctx := range []context.Context{within(t, soon), ended} {
		if _, err := g.Enter(ctx); !errors.Is(err, gate.ErrDying) {
			t.Error(err)
		}
	}
	waits(t, "frozen, and one is inside", frozen)
	p.Exit()
	happens(t, "the Freeze of a dying gate returns", frozen)
	g.Unfreeze()
	mustNotEnter(t, g)
	if _, err := g.Enter(within(t, soon)); !errors.Is(err, gate.ErrDying) {
		t.Errorf("after Unfreeze: %v", err)
	}
}

// A pass is held for as long as its user likes, in any number, and given back
// by another goroutine, on another P (bio_endio and blk_mq_free_request call
// blk_queue_exit in the completion's context; gate: Pass).
func TestGatePassEndsElsewhere(t *testing.T) {
	g := gate.New()
	passes := make(chan gate.Pass, 1000)
	for range cap(passes) {
		p, err := g.Enter(within(t, soon))
		if err != nil {
			t.Fatal(err)
		}
		passes <- p
	}
	close(passes)
	frozen := succeeds(t, g.Freeze)
	waits(t, "frozen, and a thousand are inside", frozen)
	for range 3 {
		go func() {
			for p := range passes {
				p.Exit()
			}
		}()
	}
	happens(t, "frozen", frozen)
}

// A second Exit on the same variable does nothing. On a copy of a pass that was
// given back it panics, also when another user has entered since, which stays
// inside (gate: Exit).
func TestGateExitTwice(t *testing.T) {
	g := gate.New()
	p := *mustEnter(t, g)
	copied := p
	another := p
	p.Exit()
	p.Exit()
	mustPanic(t, "released already", another.Exit)
	var passes []*gate.Pass
	for range 200 { // one of these has the place of the first one
		passes = append(passes, mustEnter(t, g))
	}
	p.Exit()
	mustPanic(t, "released already", copied.Exit)
	for len(passes) > 0 {
		if err := g.Freeze(within(t, 0)); err == nil {
			t.Fatalf("frozen, and %d are inside", len(passes))
		}
		for _, p := range passes[:50] {
			p.Exit()
		}
		passes = passes[50:]
	}
	mustFreeze(t, g)
	refused, ok := g.TryEnter()
	if ok {
		t.Error("TryEnter of a frozen gate succeeds")
	}
	refused.Exit() // the zero Pass
	new(gate.Pass).Exit()
	mustNotEnter(t, g)
}

// Misuse that can be seen (gate: Unfreeze, Kill).
func TestGateMisuse(t *testing.T) {
	g := gate.New()
	mustPanic(t, "gate: Unfreeze of a Gate that is not frozen", g.Unfreeze)
	mustFreeze(t, g)
	g.Unfreeze()
	mustPanic(t, "gate: Unfreeze of a Gate that is not frozen", g.Unfreeze)
	mustEnter(t, g).Exit() // it is as it was
	g.Kill()
	mustPanic(t, "gate: Kill of a Gate that was killed already", g.Kill)
	mustPanic(t, "gate: Unfreeze of a Gate that is not frozen", g.Unfreeze)
	mustNotEnter(t, g)
}

// The figures of hazptr's domains show the passes that hold a gate up. Each is
// a Guard (gate: Gate, "a Pass is a hazptr.Guard"; hazptr: Stats).
func TestGatePassesAreInTheFigures(t *testing.T) {
	g := gate.New()
	guards := func() int64 { return hazptr.Default().Stats().Guards }
	before := guards()
	var passes []*gate.Pass
	for i := range 10 {
		passes = append(passes, mustEnter(t, g))
		if got := guards() - before; got != int64(i+1) {
			t.Errorf("%d Guards are held, want %d", got, i+1)
		}
	}
	if err := g.Freeze(within(t, time.Millisecond)); err == nil {
		t.Error("frozen, and ten are inside")
	}
	frozen := succeeds(t, g.Freeze)
	closes(t, g)
	for i, p := range passes {
		waits(t, "frozen, and the figures show passes", frozen)
		p.Exit()
		if got := guards() - before; got != int64(9-i) {
			t.Errorf("%d Guards are held, want %d", got, 9-i)
		}
	}
	happens(t, "frozen", frozen)
}

// A gate has no goroutines: only the callers' wait (gate: Gate). One that is
// dropped needs no end.
func TestGateHasNoGoroutines(t *testing.T) {
	before := goleak.IgnoreCurrent()
	g := gate.New()
	p := mustEnter(t, g)
	if err := g.Freeze(within(t, time.Millisecond)); err == nil {
		t.Error("frozen, and one is inside")
	}
	p.Exit()
	mustFreeze(t, g)
	noGoroutines(t, before)
}

// Each Exit happens before the return of a Freeze that waited for it, and an
// Unfreeze before the Enter that gets in because of it (gate: Gate). The race
// detector says so.
func TestGateOrders(t *testing.T) {
	g := gate.New()
	var written [4]int
	resized := 0
	for round := range rounds(400) {
		var users sync.WaitGroup
		var inside sync.WaitGroup
		inside.Add(len(written))
		for i := range written {
			users.Go(func() {
				p, ok := g.TryEnter()
				inside.Done()
				if !ok {
					t.Error("TryEnter of an open gate fails")
					return
				}
				if resized != round {
					t.Errorf("a user sees round %d, want %d", resized, round)
				}
				written[i]++
				p.Exit()
			})
		}
		returns(t, &inside)
		mustFreeze(t, g)
		for _, w := range written {
			if w != round+1 {
				t.Errorf("an owner sees %d, want %d", w, round+1)
			}
		}
		for i := range 2 {
			users.Go(func() {
				p, err := g.Enter(within(t, soon))
				if err != nil || resized != round+1 {
					t.Errorf("a user that has waited sees round %d, want %d: %v", resized, round+1, err)
				}
				p.Exit()
			})
			if i == 0 {
				runtime.Gosched()
			}
		}
		resized++
		g.Unfreeze()
		returns(t, &users)
	}
}

package gate

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hazptr/internal/litmus"
)

func mustPanic(t *testing.T, want string, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		if got, ok := recover().(string); !ok || !strings.Contains(got, want) {
			t.Fatalf("panic with %q, want one that contains %q", got, want)
		}
	}()
	f()
}

func soonContext(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), litmus.Soon)
	t.Cleanup(cancel)
	return ctx
}

func expired() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

func mustEnter(t *testing.T, g *Gate) Pass {
	t.Helper()
	p, ok := g.TryEnter()
	if !ok {
		t.Fatal("the gate is not open")
	}
	return p
}

// waiting waits until a Freeze has closed the gate, and probably is parked.
func waiting(t *testing.T, g *Gate) {
	t.Helper()
	litmus.Eventually(t, "the gate is closed", func() bool { return g.open.Load() == nil })
	time.Sleep(time.Millisecond)
}

func TestMisuse(t *testing.T) {
	g := New()
	mustPanic(t, "gate: Unfreeze of a Gate that is not frozen", g.Unfreeze)
	p := mustEnter(t, g)
	copied := p
	p.Exit()
	p.Exit()
	mustPanic(t, "hazptr: Release of a Guard of which a copy has been released already", copied.Exit)
	new(Pass).Exit()
	g.Kill()
	mustPanic(t, "gate: Kill of a Gate that was killed already", g.Kill)
}

func TestFreezeWaitsForPasses(t *testing.T) {
	g := New()
	p, q := mustEnter(t, g), mustEnter(t, g)
	frozen := make(chan error)
	go func() { frozen <- g.Freeze(soonContext(t)) }()
	waiting(t, g)
	if _, ok := g.TryEnter(); ok {
		t.Fatal("a user entered a gate that is being frozen")
	}
	if _, err := g.Enter(expired()); !errors.Is(err, context.Canceled) || err.Error() != "gate: Enter: frozen: context canceled" {
		t.Fatal(err)
	}
	entered := make(chan Pass)
	go func() {
		p, err := g.Enter(soonContext(t))
		if err != nil {
			t.Error(err)
		}
		entered <- p
	}()
	p.Exit()
	select {
	case <-frozen:
		t.Fatal("frozen, and a pass is held")
	case <-time.After(10 * time.Millisecond):
	}
	q.Exit()
	if err := <-frozen; err != nil {
		t.Fatal(err)
	}
	select {
	case <-entered:
		t.Fatal("a user entered a frozen gate")
	case <-time.After(10 * time.Millisecond):
	}
	g.Unfreeze()
	p = <-entered
	p.Exit()
}

func TestFreezeNests(t *testing.T) {
	g := New()
	for range 3 {
		if err := g.Freeze(soonContext(t)); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 {
		if _, ok := g.TryEnter(); ok {
			t.Fatal("a user entered a frozen gate")
		}
		g.Unfreeze()
	}
	p := mustEnter(t, g)
	p.Exit()
}

// An Unfreeze too many is found while another Freeze waits.
func TestUnfreezeOfAFreezeThatWaits(t *testing.T) {
	g := New()
	p := mustEnter(t, g)
	frozen := make(chan error)
	go func() { frozen <- g.Freeze(soonContext(t)) }()
	waiting(t, g)
	mustPanic(t, "gate: Unfreeze of a Gate that is not frozen", g.Unfreeze)
	p.Exit()
	if err := <-frozen; err != nil {
		t.Fatal(err)
	}
	g.Unfreeze()
}

// A pass that was held when a Freeze gave up must be waited for by the next
// one.
func TestExpiredFreeze(t *testing.T) {
	g := New()
	first := mustEnter(t, g)
	if err := g.Freeze(expired()); !errors.Is(err, context.Canceled) || err.Error() != "gate: Freeze: Passes seen inside: 1: context canceled" {
		t.Fatal(err)
	}
	second := mustEnter(t, g)
	for _, p := range []*Pass{&second, &first} {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
		if err := g.Freeze(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(err)
		}
		cancel()
		p.Exit()
	}
	if err := g.Freeze(soonContext(t)); err != nil {
		t.Fatal(err)
	}
	// One that expires while another holds the gate leaves it frozen.
	if err := g.Freeze(expired()); err != nil {
		t.Fatal(err) // no user is inside
	}
	g.Unfreeze()
	if _, ok := g.TryEnter(); ok {
		t.Fatal("a user entered a frozen gate")
	}
	g.Unfreeze()
}

func TestKill(t *testing.T) {
	g := New()
	p := mustEnter(t, g)
	frozen := make(chan error)
	go func() { frozen <- g.Freeze(soonContext(t)) }()
	waiting(t, g)
	var waiters sync.WaitGroup
	for range 3 {
		waiters.Go(func() {
			if _, err := g.Enter(soonContext(t)); err != ErrDying {
				t.Errorf("Enter: %v, want ErrDying", err)
			}
		})
	}
	time.Sleep(time.Millisecond)
	g.Kill()
	waiters.Wait()
	p.Exit()
	if err := <-frozen; err != nil {
		t.Fatal(err)
	}
	g.Unfreeze()
	if _, ok := g.TryEnter(); ok {
		t.Fatal("a user entered a gate that is dying")
	}
	if err := g.Freeze(soonContext(t)); err != nil {
		t.Fatal(err)
	}
}

func TestConcurrently(t *testing.T) {
	g := New()
	var stop atomic.Bool
	var frozen, inside, passes atomic.Int64
	var all sync.WaitGroup
	for range 4 {
		ctx := soonContext(t)
		all.Go(func() {
			for !stop.Load() {
				p, err := g.Enter(ctx)
				if err != nil {
					t.Error(err)
					return
				}
				inside.Add(1)
				if frozen.Load() != 0 {
					t.Error("inside a frozen gate")
				}
				passes.Add(1)
				inside.Add(-1)
				p.Exit()
				runtime.Gosched() // on js/wasm nothing else gives way
			}
		})
	}
	for range 2 {
		all.Go(func() {
			for i := 0; !stop.Load(); i++ {
				ctx, cancel := context.WithTimeout(context.Background(), time.Duration(i%20)*10*time.Microsecond)
				if g.Freeze(ctx) == nil {
					frozen.Add(1)
					if inside.Load() != 0 {
						t.Error("frozen, and a user is inside")
					}
					frozen.Add(-1)
					g.Unfreeze()
				}
				cancel()
				runtime.Gosched()
			}
		})
	}
	time.Sleep(litmus.Duration() / 2)
	stop.Store(true)
	all.Wait()
	if passes.Load() == 0 {
		t.Fatal("no user was ever inside")
	}
}

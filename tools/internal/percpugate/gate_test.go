package percpugate

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hazptr/gate"
)

const soon = 30 * time.Second

// usage is what both gates do.
type usage struct {
	enter    func(context.Context) (exit func(), err error)
	tryEnter func() (exit func(), ok bool)
	freeze   func(context.Context) error
	unfreeze func()
	kill     func()
	dying    error
}

func ofHazardPointers() usage {
	g := gate.New()
	return usage{
		func(ctx context.Context) (func(), error) { p, err := g.Enter(ctx); return p.Exit, err },
		func() (func(), bool) { p, ok := g.TryEnter(); return p.Exit, ok },
		g.Freeze, g.Unfreeze, g.Kill, gate.ErrDying,
	}
}

func ofPercpuRef() usage {
	g := New()
	return usage{
		func(ctx context.Context) (func(), error) { p, err := g.Enter(ctx); return p.Exit, err },
		func() (func(), bool) { p, ok := g.TryEnter(); return p.Exit, ok },
		g.Freeze, g.Unfreeze, g.Kill, ErrDying,
	}
}

// both runs a scenario with each gate.
func both(t *testing.T, scenario func(*testing.T, usage)) {
	t.Run("hazard pointers", func(t *testing.T) { scenario(t, ofHazardPointers()) })
	t.Run("percpu_ref", func(t *testing.T) { scenario(t, ofPercpuRef()) })
}

func soonContext(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), soon)
	t.Cleanup(cancel)
	return ctx
}

func briefly(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	t.Cleanup(cancel)
	return ctx
}

func mustEnter(t *testing.T, g usage) func() {
	t.Helper()
	exit, ok := g.tryEnter()
	if !ok {
		t.Fatal("the gate is not open")
	}
	return exit
}

func mustBeClosed(t *testing.T, g usage) {
	t.Helper()
	if _, ok := g.tryEnter(); ok {
		t.Fatal("the gate is open")
	}
}

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

func TestFreezeWaitsForPasses(t *testing.T) {
	both(t, func(t *testing.T, g usage) {
		first, second := mustEnter(t, g), mustEnter(t, g)
		frozen := make(chan error)
		go func() { frozen <- g.freeze(soonContext(t)) }()
		for {
			exit, ok := g.tryEnter()
			if !ok {
				break
			}
			exit()
		}
		go first() // anywhere
		select {
		case <-frozen:
			t.Fatal("frozen, and a pass is held")
		case <-time.After(10 * time.Millisecond):
		}
		second()
		if err := <-frozen; err != nil {
			t.Fatal(err)
		}
		mustBeClosed(t, g)
		g.unfreeze()
		mustEnter(t, g)()
	})
}

func TestEnterWaitsForThaw(t *testing.T) {
	both(t, func(t *testing.T, g usage) {
		if err := g.freeze(soonContext(t)); err != nil {
			t.Fatal(err)
		}
		if _, err := g.enter(briefly(t)); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "Enter: frozen") {
			t.Fatal(err)
		}
		entered := make(chan error)
		for range 5 {
			go func() {
				exit, err := g.enter(soonContext(t))
				exit()
				entered <- err
			}()
		}
		select {
		case <-entered:
			t.Fatal("somebody entered a frozen gate")
		case <-time.After(10 * time.Millisecond):
		}
		g.unfreeze()
		for range 5 {
			if err := <-entered; err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestFreezeNests(t *testing.T) {
	both(t, func(t *testing.T, g usage) {
		for range 3 {
			if err := g.freeze(soonContext(t)); err != nil {
				t.Fatal(err)
			}
		}
		for range 3 {
			mustBeClosed(t, g)
			g.unfreeze()
		}
		mustEnter(t, g)()
	})
}

func TestExpiredFreezeLeavesTheGateAsItWas(t *testing.T) {
	both(t, func(t *testing.T, g usage) {
		first := mustEnter(t, g)
		if err := g.freeze(briefly(t)); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "Freeze: ") {
			t.Fatal(err)
		}
		second := mustEnter(t, g)
		second()
		if err := g.freeze(briefly(t)); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal("it doesn't wait for a pass that an expired Freeze had waited for")
		}
		first()
		if err := g.freeze(soonContext(t)); err != nil {
			t.Fatal(err)
		}
		g.unfreeze()
	})
}

func TestKillWakesThoseWhoWait(t *testing.T) {
	both(t, func(t *testing.T, g usage) {
		exit := mustEnter(t, g)
		frozen := make(chan error)
		go func() { frozen <- g.freeze(soonContext(t)) }()
		entered := make(chan error)
		for {
			exit, ok := g.tryEnter()
			if !ok {
				break
			}
			exit()
		}
		for range 3 {
			go func() {
				_, err := g.enter(soonContext(t))
				entered <- err
			}()
		}
		time.Sleep(time.Millisecond)
		g.kill()
		for range 3 {
			if err := <-entered; err != g.dying {
				t.Fatalf("Enter: %v, want ErrDying", err)
			}
		}
		exit()
		if err := <-frozen; err != nil {
			t.Fatal(err)
		}
		g.unfreeze()
		mustBeClosed(t, g)
		if err := g.freeze(soonContext(t)); err != nil {
			t.Fatal(err)
		}
		g.unfreeze()
		mustPanic(t, "Kill of a Gate that was killed already", g.kill)
		mustPanic(t, "Unfreeze of a Gate that is not frozen", g.unfreeze)
	})
}

func TestManyPasses(t *testing.T) {
	both(t, func(t *testing.T, g usage) {
		var exits []func()
		for range 1000 {
			exits = append(exits, mustEnter(t, g))
		}
		frozen := make(chan error)
		go func() { frozen <- g.freeze(soonContext(t)) }()
		for _, exit := range exits {
			exit()
			exit() // again on the same variable
		}
		if err := <-frozen; err != nil {
			t.Fatal(err)
		}
	})
}

// Nobody is inside while a freezer has the gate, whoever comes and gives up meanwhile.
func TestConcurrently(t *testing.T) {
	both(t, func(t *testing.T, g usage) {
		var stop atomic.Bool
		var frozen, inside, passes, freezes atomic.Int64
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				for !stop.Load() {
					exit, err := g.enter(soonContext(t))
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
					exit()
				}
			})
		}
		for range 2 {
			all.Go(func() {
				for i := 0; !stop.Load(); i++ {
					ctx, cancel := context.WithTimeout(context.Background(), time.Duration(i%20)*20*time.Microsecond)
					if g.freeze(ctx) == nil {
						frozen.Add(1)
						if inside.Load() != 0 {
							t.Error("frozen, and somebody is inside")
						}
						freezes.Add(1)
						frozen.Add(-1)
						g.unfreeze()
					}
					cancel()
				}
			})
		}
		for deadline := time.Now().Add(soon); passes.Load() < 1000 || freezes.Load() < 100; time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Errorf("%d passes, %d freezes", passes.Load(), freezes.Load())
				break
			}
		}
		stop.Store(true)
		all.Wait()
	})
}

package percpugate

import (
	"context"
	"errors"
	"runtime"
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

func ended() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
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

// mustFreeze freezes a gate with no users inside, or with users that leave
// soon.
func mustFreeze(t *testing.T, g usage) {
	t.Helper()
	if err := g.freeze(soonContext(t)); err != nil {
		t.Fatal(err)
	}
}

// freezing freezes the gate on another goroutine, and returns when it is
// closed.
func freezing(ctx context.Context, t *testing.T, g usage) (frozen chan error) {
	t.Helper()
	frozen = make(chan error, 1)
	go func() { frozen <- g.freeze(ctx) }()
	for deadline := time.Now().Add(soon); ; {
		exit, ok := g.tryEnter()
		if !ok {
			return frozen
		}
		exit()
		if time.Now().After(deadline) {
			t.Fatal("Freeze does not close the gate")
		}
		runtime.Gosched()
	}
}

// mustWait gives what must not happen a little time to happen.
func mustWait(t *testing.T, what string, happened <-chan error) {
	t.Helper()
	select {
	case err := <-happened:
		t.Fatalf("%s: %v", what, err)
	case <-time.After(10 * time.Millisecond):
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
		frozen := freezing(soonContext(t), t, g)
		first()
		mustWait(t, "frozen, and a pass is held", frozen)
		second()
		if err := <-frozen; err != nil {
			t.Fatal(err)
		}
		mustBeClosed(t, g)
		g.unfreeze()
		mustEnter(t, g)()
	})
}

func TestExitInAnotherGoroutine(t *testing.T) {
	both(t, func(t *testing.T, g usage) {
		data := 0 // the race detector watches over what Exit and Freeze promise
		exit := mustEnter(t, g)
		go func() {
			time.Sleep(time.Millisecond)
			data = 1
			exit()
		}()
		mustFreeze(t, g)
		if data != 1 {
			t.Error("frozen, and a pass is held")
		}
		g.unfreeze()
	})
}

func TestEnterWaitsForThaw(t *testing.T) {
	both(t, func(t *testing.T, g usage) {
		mustFreeze(t, g)
		if _, err := g.enter(briefly(t)); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "Enter: frozen") {
			t.Fatal(err)
		}
		entered := make(chan error)
		ctx := soonContext(t)
		for range 5 {
			go func() {
				exit, err := g.enter(ctx)
				exit()
				entered <- err
			}()
		}
		mustWait(t, "a user entered a frozen gate", entered)
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
			mustFreeze(t, g)
		}
		for range 3 {
			mustBeClosed(t, g)
			g.unfreeze()
		}
		mustEnter(t, g)()
	})
}

// Of several freezers at the same time each has the gate, until the last one
// lets it go.
func TestFreezersTogether(t *testing.T) {
	both(t, func(t *testing.T, g usage) {
		exit := mustEnter(t, g)
		var freezers []chan error
		for range 5 {
			freezers = append(freezers, freezing(soonContext(t), t, g))
		}
		for _, frozen := range freezers {
			mustWait(t, "frozen, and a pass is held", frozen)
		}
		exit()
		for _, frozen := range freezers {
			if err := <-frozen; err != nil {
				t.Fatal(err)
			}
		}
		for range freezers {
			mustBeClosed(t, g)
			g.unfreeze()
		}
		mustEnter(t, g)()
	})
}

func TestKillWakesThoseWhoWait(t *testing.T) {
	both(t, func(t *testing.T, g usage) {
		exit := mustEnter(t, g)
		frozen := freezing(soonContext(t), t, g)
		entered := make(chan error)
		ctx := soonContext(t)
		for range 3 {
			go func() {
				_, err := g.enter(ctx)
				entered <- err
			}()
		}
		mustWait(t, "a user entered a gate that is being frozen", entered)
		g.kill()
		for range 3 {
			if err := <-entered; err != g.dying {
				t.Fatalf("Enter: %v, want ErrDying", err)
			}
		}
		mustWait(t, "frozen, and a pass is held", frozen)
		exit()
		if err := <-frozen; err != nil {
			t.Fatal(err)
		}
		g.unfreeze()
		mustBeClosed(t, g)
		mustFreeze(t, g)
		g.unfreeze()
		mustBeClosed(t, g)
	})
}

func TestKillOfAnOpenGate(t *testing.T) {
	both(t, func(t *testing.T, g usage) {
		exit := mustEnter(t, g)
		g.kill() // doesn't wait
		mustBeClosed(t, g)
		if _, err := g.enter(ended()); err != g.dying {
			t.Fatalf("Enter: %v, want ErrDying", err)
		}
		if err := g.freeze(briefly(t)); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("Freeze, and a pass is held: %v", err)
		}
		mustBeClosed(t, g)
		exit()
		mustFreeze(t, g)
		g.unfreeze()
		mustBeClosed(t, g)
	})
}

func TestKillOfAFrozenGate(t *testing.T) {
	both(t, func(t *testing.T, g usage) {
		mustFreeze(t, g)
		g.kill()
		if _, err := g.enter(ended()); err != g.dying {
			t.Fatalf("Enter: %v, want ErrDying", err)
		}
		g.unfreeze()
		mustBeClosed(t, g)
	})
}

func TestMisuse(t *testing.T) {
	both(t, func(t *testing.T, g usage) {
		mustPanic(t, "Unfreeze of a Gate that is not frozen", g.unfreeze)
		g.kill()
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
		frozen := freezing(soonContext(t), t, g)
		for _, exit := range exits[1:] {
			exit()
			exit() // again on the same variable
		}
		mustWait(t, "frozen, and a pass is held", frozen)
		exits[0]()
		if err := <-frozen; err != nil {
			t.Fatal(err)
		}
		g.unfreeze()
		mustEnter(t, g)()
	})
}

// No user is inside while a freezer has the gate, whatever other goroutines
// come and give up meanwhile. All yield after each turn: no gate is fair, and
// on one P freezes that overlap would keep it closed for ever.
func TestConcurrently(t *testing.T) {
	both(t, func(t *testing.T, g usage) {
		var stop atomic.Bool
		var frozen, inside, passes, freezes, expired atomic.Int64
		var all sync.WaitGroup
		enter := soonContext(t)
		for range 4 {
			all.Go(func() {
				for !stop.Load() {
					exit, err := g.enter(enter)
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
					runtime.Gosched()
				}
			})
		}
		for range 3 {
			all.Go(func() {
				for i := 0; !stop.Load(); i++ {
					ctx, cancel := context.WithTimeout(context.Background(), time.Duration(i%20)*20*time.Microsecond)
					if g.freeze(ctx) == nil {
						frozen.Add(1)
						if inside.Load() != 0 {
							t.Error("frozen, and a user is inside")
						}
						freezes.Add(1)
						frozen.Add(-1)
						g.unfreeze()
					} else {
						expired.Add(1)
					}
					cancel()
					runtime.Gosched()
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
		t.Logf("%d passes, %d freezes, %d expired", passes.Load(), freezes.Load(), expired.Load())
	})
}

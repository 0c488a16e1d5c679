package live_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"hazptr/internal/litmus"
	"hazptr/live"
)

// Shutdown waits for what a Store beside it has replaced.
func TestShutdownBesideStore(t *testing.T) {
	for i := range 3000 {
		var f factory
		v := live.New(new(resource), live.Options[*resource]{Name: "beside", Close: f.close, Warn: -1})
		stored := make(chan error, 1)
		go func() { stored <- v.Store(new(resource)) }()
		for range i % 40 {
			runtime.Gosched()
		}
		shutdown(t, v)
		closed := f.closed.Load()
		if err := <-stored; err == nil && closed != 2 {
			t.Fatalf("Shutdown has returned with %d of 2 values closed", closed)
		}
	}
}

// A pool's Shutdown waits for what a Drop beside it has taken out.
func TestShutdownBesideDrop(t *testing.T) {
	for i := range 3000 {
		var s shelf
		p := s.pool(0)
		if err := p.Do(t.Context(), 1, use(1)); err != nil {
			t.Fatal(err)
		}
		dropped := make(chan struct{})
		go func() { p.Drop(1); close(dropped) }()
		for range i % 40 {
			runtime.Gosched()
		}
		shutdownPool(t, p)
		if s.closed.Load() != 1 {
			t.Fatal("Shutdown has returned before the value is closed")
		}
		<-dropped
	}
}

// A Store or a Load that brings the last value again, when the Value is closed
// and the last value still in use, does not close it.
func TestTheLastValueAgain(t *testing.T) {
	var f factory
	x := new(resource)
	loading, goOn := make(chan struct{}), make(chan struct{})
	v := live.New(x, live.Options[*resource]{Name: "again", Logger: quiet, Close: f.close, Load: func(context.Context) (*resource, error) {
		close(loading)
		<-goOn
		return x, nil
	}})
	err := v.Do(func(r *resource) error {
		reloaded := make(chan error, 1)
		go func() { reloaded <- v.Reload(t.Context()) }()
		<-loading
		_ = v.Close()
		if err := v.Store(r); err == nil {
			t.Error("a Store went well")
		}
		close(goOn)
		if err := <-reloaded; err == nil {
			t.Error("a Reload went well")
		}
		return r.use()
	})
	if err != nil {
		t.Error(err)
	}
	shutdown(t, v)
	if f.closed.Load() != 1 {
		t.Error(f.closed.Load())
	}
}

// A value that comes too late is closed as any other: its errors are told, and
// its Close may exit its goroutine.
func TestCloseOfALateLoad(t *testing.T) {
	for _, exit := range []bool{false, true} {
		loading, goOn := make(chan struct{}), make(chan struct{})
		v := live.New(1, live.Options[int]{Name: "late", Logger: quiet,
			Load: func(context.Context) (int, error) { close(loading); <-goOn; return 2, nil },
			Close: func(n int) error {
				if exit {
					runtime.Goexit()
				}
				return fmt.Errorf("disk %d is gone", n)
			}})
		reloaded := make(chan error, 1)
		go func() { reloaded <- v.Reload(t.Context()) }()
		<-loading
		_ = v.Close()
		close(goOn)
		if err := <-reloaded; !errors.Is(err, live.ErrClosed) {
			t.Error(err)
		}
		err := v.Shutdown(soon(t))
		if exit {
			if err != nil {
				t.Error(err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), "disk 1 is gone") || !strings.Contains(err.Error(), "disk 2 is gone") {
			t.Error(err)
		}
	}
}

// What has ended has ended, whatever the Context.
func TestShutdownAgainWithAnEndedContext(t *testing.T) {
	var f factory
	var s shelf
	v, p := f.open(t), s.pool(0)
	plain := live.NewPlain(1, live.PlainOptions[int]{Name: "plain"})
	shutdown(t, v)
	shutdownPool(t, p)
	closePlain(t, plain)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for range 50 {
		if err := errors.Join(v.Shutdown(ended), p.Shutdown(ended), plain.Shutdown(ended)); err != nil {
			t.Fatal(err)
		}
	}
}

// A Reload that MaxOld holds is told that the Value is closed.
func TestHeldReloadBesideClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f factory
		o := f.options()
		o.MaxOld = 1
		v := open(t, o)
		l, err := v.Acquire()
		if err != nil {
			t.Fatal(err)
		}
		if err := v.Store(new(resource)); err != nil {
			t.Error(err)
		}
		reloaded := make(chan error, 1)
		go func() { reloaded <- v.Reload(t.Context()) }()
		synctest.Wait()
		_ = v.Close()
		if err := <-reloaded; !errors.Is(err, live.ErrClosed) {
			t.Error(err)
		}
		if s := v.Status(); s.Loads != 1 {
			t.Errorf("%d Loads, of which one was called", s.Loads)
		}
		l.Release()
		shutdown(t, v)
	})
}

// A statusError asks its Value when it is printed.
type statusError struct{ v **live.Value[int] }

func (e statusError) Error() string { return fmt.Sprint("at generation ", (*e.v).Status().Generation) }

// A nosyKey asks its pool when it is printed.
type nosyKey struct{ p **live.Pool[nosyKey, int] }

func (k nosyKey) String() string { (*k.p).Drop(k); return "key" }

// What is the user's is asked for its text without a lock.
func TestTextsThatAskBack(t *testing.T) {
	var v *live.Value[int]
	v = live.New(1, live.Options[int]{Name: "asked", Logger: quiet, Load: func(context.Context) (int, error) { return 0, statusError{&v} }})
	if err := v.Reload(soon(t)); err == nil || !strings.Contains(err.Error(), "at generation 1") {
		t.Error(err)
	}
	shutdown(t, v)
	p := live.NewPool(live.PoolOptions[nosyKey, int]{Name: "asked", Logger: quiet, Open: func(ctx context.Context, _ nosyKey) (int, error) {
		<-ctx.Done()
		return 0, ctx.Err()
	}})
	if err := p.Do(brief(t), nosyKey{&p}, nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	shutdownPool(t, p)
}

// A reload that fails is logged, whatever the error: a trigger's is heard by
// nothing else.
func TestReloadsThatFailAreLogged(t *testing.T) {
	var f factory
	var j journal
	x := new(resource)
	done := make(chan error, 1)
	v := open(t, live.Options[*resource]{Name: "logged", Logger: j.logger(), Close: f.close,
		Load: func(context.Context) (*resource, error) { return x, nil },
		ReloadOn: []live.Trigger{func(ctx context.Context, reload func(context.Context) error) {
			done <- reload(ctx)
			<-ctx.Done()
		}},
	})
	if err := <-done; err == nil {
		t.Error("a value that is there was loaded")
	}
	litmus.Eventually(t, "it is logged", func() bool { return j.has("would be closed twice") })
	shutdown(t, v)
}

// A trigger that asks at once has another Load than Open.
func TestOpenBesideATrigger(t *testing.T) {
	for range 1000 {
		var loads atomic.Int64
		v, err := live.Open(t.Context(), live.Options[int64]{Name: "first", Logger: quiet,
			Load: func(context.Context) (int64, error) {
				if n := loads.Add(1); n == 1 {
					return n, nil
				}
				return 0, errors.New("the second")
			},
			ReloadOn: []live.Trigger{func(ctx context.Context, reload func(context.Context) error) {
				_ = reload(ctx)
				<-ctx.Done()
			}},
		})
		if err != nil {
			t.Fatal(err)
		}
		shutdown(t, v)
	}
}

// Each method of a pool panics by name outside of its bubble.
func TestPoolOutsideItsBubble(t *testing.T) {
	var p *live.Pool[int, *resource]
	synctest.Test(t, func(t *testing.T) {
		var s shelf
		p = s.pool(0)
		shutdownPool(t, p)
	})
	mustPanic(t, "bubble", func() { _ = p.Do(t.Context(), 1, use(1)) })
	mustPanic(t, "bubble", func() { p.Drop(1) })
	mustPanic(t, "bubble", func() { _ = p.Close() })
	mustPanic(t, "bubble", func() { _ = p.Shutdown(t.Context()) })
}

// Many that are opened at once leave again.
func TestPoolAfterABurst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s shelf
		p := s.pool(10)
		s.slow.Store(int64(time.Second))
		for k := range 200 {
			go p.Do(t.Context(), k, use(k))
		}
		time.Sleep(time.Hour)
		if open := s.opened.Load() - s.closed.Load(); open != 10 {
			t.Errorf("%d are open", open)
		}
		shutdownPool(t, p)
	})
}

// What has no size is told apart by its place all the same.
func TestPoolOfNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		type none = struct{}
		closed := 0
		pool := func() *live.Pool[none, none] {
			return live.NewPool(live.PoolOptions[none, none]{Name: "nothing",
				Open:  func(context.Context, none) (none, error) { return none{}, nil },
				Close: func(none, none) error { closed++; return nil },
			})
		}
		p, q := pool(), pool()
		leave := make(chan struct{})
		go q.Do(t.Context(), none{}, func(none) error { <-leave; return nil })
		synctest.Wait()
		if err := p.Do(t.Context(), none{}, func(none) error { return nil }); err != nil {
			t.Error(err)
		}
		p.Drop(none{})
		synctest.Wait()
		if closed != 1 {
			t.Error("a user of another pool is waited for")
		}
		close(leave)
		shutdownPool(t, p)
		shutdownPool(t, q)
	})
}

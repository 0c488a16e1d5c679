package live_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"hazptr/internal/litmus"
	"hazptr/live"
)

// A shelf opens resources by number, and counts the open ones.
type shelf struct {
	opened, closed, most atomic.Int64
	slow                 atomic.Int64
	fail                 atomic.Bool
}

func (s *shelf) open(ctx context.Context, k int) (*resource, error) {
	select {
	case <-time.After(time.Duration(s.slow.Load())):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if s.fail.Load() {
		return nil, errors.New("no such file")
	}
	open := s.opened.Add(1) - s.closed.Load()
	for most := s.most.Load(); open > most && !s.most.CompareAndSwap(most, open); most = s.most.Load() {
	}
	return &resource{n: int64(k)}, nil
}

func (s *shelf) close(k int, r *resource) error {
	if r.closed.Swap(true) || int64(k) != r.n {
		panic("closed twice, or under another key")
	}
	s.closed.Add(1)
	return nil
}

func (s *shelf) pool(most int) *live.Pool[int, *resource] {
	return live.NewPool(live.PoolOptions[int, *resource]{Name: "shelf", Open: s.open, Close: s.close, Max: most, Logger: quiet})
}

func shutdownPool[K comparable, V any](t *testing.T, p *live.Pool[K, V]) {
	t.Helper()
	if err := p.Shutdown(litmus.Context(t)); err != nil {
		t.Error(err)
	}
}

// use is a use of what has this key.
func use(k int) func(*resource) error {
	return func(r *resource) error {
		if r.n != int64(k) {
			return fmt.Errorf("resource %d, want %d", r.n, k)
		}
		return r.use()
	}
}

// Calls for one key share an Open, and its error.
func TestPoolSharesAnOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s shelf
		p := s.pool(1)
		s.slow.Store(int64(time.Second))
		ask := func(n int) (failed int64) {
			var group sync.WaitGroup
			var errs atomic.Int64
			for range n {
				group.Go(func() {
					if err := p.Do(t.Context(), 7, use(7)); err != nil {
						errs.Add(1)
					}
				})
			}
			group.Wait()
			return errs.Load()
		}
		if failed := ask(1000); failed != 0 || s.opened.Load() != 1 {
			t.Error(failed, s.opened.Load())
		}
		p.Drop(7)
		s.fail.Store(true)
		began := time.Now()
		if failed := ask(1000); failed != 1000 || time.Since(began) != time.Second {
			t.Error(failed, time.Since(began))
		}
		s.fail.Store(false)
		if failed := ask(1); failed != 0 {
			t.Error("an error is kept")
		}
		shutdownPool(t, p)
		if s.closed.Load() != 2 {
			t.Error(s.closed.Load())
		}
	})
}

// An Open for which nothing waits any more is given up, and the next begins
// when it has returned.
func TestPoolGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var running, most atomic.Int64
		p := live.NewPool(live.PoolOptions[string, string]{Name: "slow", Open: func(_ context.Context, k string) (string, error) {
			most.Store(max(most.Load(), running.Add(1)))
			defer running.Add(-1)
			time.Sleep(time.Minute) // it pays no regard to its Context
			return k, nil
		}})
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		var own *live.Error
		if err := p.Do(short, "a", nil); !errors.As(err, &own) || !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		if err := p.Do(t.Context(), "a", func(string) error { return nil }); err != nil {
			t.Error(err)
		}
		go p.Do(t.Context(), "b", func(string) error { return nil })
		synctest.Wait()
		p.Drop("b")
		short, cancel = context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := p.Do(short, "b", nil); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		if err := p.Do(t.Context(), "b", func(string) error { return nil }); err != nil {
			t.Error(err)
		}
		if most.Load() != 1 {
			t.Errorf("%d Opens of a key at a time", most.Load())
		}
		shutdownPool(t, p)
	})
}

// While many that have left are not closed, nothing is opened.
func TestPoolWaitsForCloses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var open, most int
		var mu sync.Mutex
		add := func(n int) {
			mu.Lock()
			defer mu.Unlock()
			open += n
			most = max(most, open)
		}
		p := live.NewPool(live.PoolOptions[int, int]{Name: "slow to close", Max: 3, Logger: quiet,
			Open:  func(_ context.Context, k int) (int, error) { add(1); return k, nil },
			Close: func(int, int) error { time.Sleep(time.Second); add(-1); return nil },
		})
		for k := range 100 {
			if err := p.Do(t.Context(), k, func(int) error { return nil }); err != nil {
				t.Error(err)
			}
		}
		mu.Lock() // values that left are still closing
		if most > 3+16+1 {
			t.Errorf("%d were open", most)
		}
		mu.Unlock()
		short, cancel := context.WithTimeout(t.Context(), time.Second/2)
		defer cancel()
		var last error
		for k := 100; last == nil && k < 1000; k++ {
			last = p.Do(short, k, func(int) error { return nil })
		}
		if !errors.Is(last, context.DeadlineExceeded) {
			t.Error(last)
		}
		shutdownPool(t, p)
	})
}

func TestPoolFailures(t *testing.T) {
	var s shelf
	o := live.PoolOptions[int, *resource]{Name: "failing", Open: s.open, Logger: quiet, Close: func(k int, _ *resource) error { return fmt.Errorf("disk %d is gone", k) }}
	p := live.NewPool(o)
	for k := range 3 {
		if err := p.Do(t.Context(), k, use(k)); err != nil {
			t.Error(err)
		}
	}
	if err := p.Shutdown(litmus.Context(t)); err == nil || strings.Count(err.Error(), "is gone") != 3 {
		t.Error(err)
	}
	var j litmus.Journal
	o.Logger = j.Logger()
	o.Open = func(context.Context, int) (*resource, error) { panic("corrupt") }
	p = live.NewPool(o)
	if err := p.Do(t.Context(), 1, nil); err == nil || err.Error() != `live: Open of 1 in "failing": Open has panicked: corrupt` {
		t.Error(err)
	}
	if log := j.String(); !strings.Contains(log, `msg="live: Open has panicked" name=failing key=1`) || !strings.Contains(log, "TestPoolFailures") {
		t.Error(log)
	}
	shutdownPool(t, p)
	o.Open = func(context.Context, int) (*resource, error) { runtime.Goexit(); return nil, nil }
	p = live.NewPool(o)
	if err := p.Do(t.Context(), 1, nil); err == nil || !strings.Contains(err.Error(), "Goexit") {
		t.Error(err)
	}
	shutdownPool(t, p)

	litmus.MustPanic(t, "without PoolOptions.Name", func() { live.NewPool(live.PoolOptions[int, int]{}) })
	litmus.MustPanic(t, "without PoolOptions.Open", func() { live.NewPool(live.PoolOptions[int, int]{Name: "x"}) })
	litmus.MustPanic(t, "Max -1", func() {
		live.NewPool(live.PoolOptions[int, int]{Name: "x", Max: -1, Open: func(context.Context, int) (int, error) { return 0, nil }})
	})
	litmus.MustPanic(t, "nil Context", func() { _ = p.Shutdown(noContext) })
	p = s.pool(0)
	litmus.MustPanic(t, "nil Context", func() { _ = p.Do(noContext, 1, use(1)) })
	shutdownPool(t, p)
}

// A Shutdown gives up, and can be called again; a slow Open ends with it.
func TestPoolShutdown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s shelf
		p := s.pool(0)
		entered, leave := make(chan bool), make(chan bool)
		go p.Do(t.Context(), 1, func(*resource) error { close(entered); <-leave; return nil })
		<-entered
		s.slow.Store(int64(time.Hour))
		opened := make(chan error, 1)
		go func() { opened <- p.Do(t.Context(), 2, use(2)) }()
		synctest.Wait()
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := p.Shutdown(short); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), `"shelf": Shutdown: given up; values that are not closed: 1`) {
			t.Error(err)
		}
		if err := <-opened; err == nil {
			t.Error("an Open went on")
		}
		close(leave)
		shutdownPool(t, p)
		if err := p.Do(t.Context(), 1, use(1)); !errors.Is(err, live.ErrClosed) || err.Error() != `live: "shelf": Do: closed` {
			t.Error(err)
		}
	})
}

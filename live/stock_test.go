package live_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"hazptr/live"
)

// Few stay open, however many are asked for, and none is closed in use.
func TestPool(t *testing.T) {
	const goroutines, most = 4, 10
	rounds := 10_000
	if testing.Short() {
		rounds = 2000
	}
	var s shelf
	p := s.pool(most)
	var group sync.WaitGroup
	for range goroutines {
		group.Go(func() {
			for range rounds {
				k := int(rand.ExpFloat64() * 8)
				if rand.IntN(200) == 0 {
					p.Drop(k)
				}
				if err := p.Do(t.Context(), k, use(k)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	shutdownPool(t, p)
	if s.opened.Load() != s.closed.Load() {
		t.Error(s.opened.Load(), s.closed.Load())
	}
	if s.most.Load() > most+goroutines+16 {
		t.Errorf("%d were open", s.most.Load())
	}
	t.Logf("opened %d times, at most %d open", s.opened.Load(), s.most.Load())
}

// With room for one, each of many that wait uses what was opened for it.
func TestPoolOfOne(t *testing.T) {
	var s shelf
	p := s.pool(1)
	var group sync.WaitGroup
	for k := range 50 {
		group.Go(func() {
			for range 20 {
				if err := p.Do(t.Context(), k, use(k)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	shutdownPool(t, p)
	if s.opened.Load() != s.closed.Load() {
		t.Error(s.opened.Load(), s.closed.Load())
	}
}

// What is in use stays open when it leaves the Pool.
func TestPoolInUse(t *testing.T) {
	var s shelf
	p := s.pool(1)
	err := p.Do(t.Context(), 1, func(r *resource) error {
		return errors.Join(
			p.Do(t.Context(), 2, use(2)),
			p.Do(t.Context(), 3, use(3)),
			r.use(),
			p.Do(t.Context(), 1, func(again *resource) error {
				if again == r {
					t.Error("what has left the Pool was found")
				}
				p.Drop(1)
				return again.use()
			}),
			p.Close(),
			r.use(),
		)
	})
	if err != nil {
		t.Error(err)
	}
	shutdownPool(t, p)
	shutdownPool(t, p)
	if s.opened.Load() != 4 || s.closed.Load() != 4 {
		t.Error(s.opened.Load(), s.closed.Load())
	}
	if err := p.Do(t.Context(), 1, use(1)); !errors.Is(err, live.ErrClosed) {
		t.Error(err)
	}
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

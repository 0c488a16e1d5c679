package live_test

import (
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"hazptr/internal/litmus"
	"hazptr/live"
)

// A storm of Stores closes what it replaces, meanwhile.
func TestStorm(t *testing.T) {
	var f factory
	v := f.open(t)
	var most atomic.Int64
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 5000 {
				open := f.opened.Add(1) - f.closed.Load()
				if err := v.Store(new(resource)); err != nil {
					t.Error(err)
				}
				most.Store(max(most.Load(), open))
			}
		})
	}
	group.Wait()
	shutdown(t, v)
	if f.opened.Load() != 20_001 || f.closed.Load() != 20_001 {
		t.Error(f.opened.Load(), f.closed.Load())
	}
	t.Logf("at most %d were open", most.Load())
}

// A Close may store, and may exit its goroutine.
func TestClosesThatDoMore(t *testing.T) {
	var v *live.Value[int]
	var closed atomic.Int64
	v = live.New(0, live.Options[int]{Name: "more", Logger: quiet, Close: func(n int) error {
		closed.Add(1)
		if n < 100 {
			if err := v.Store(n + 1); err != nil && !errors.Is(err, live.ErrClosed) {
				t.Error(err)
			}
		}
		if n%2 == 0 {
			runtime.Goexit()
		}
		return nil
	}})
	if err := v.Store(1); err != nil {
		t.Fatal(err)
	}
	litmus.Eventually(t, "each Close replaces the value, which is closed then", func() bool { return v.Status().Generation >= 50 })
	shutdown(t, v) // a Close from now on has its next value refused, and closed
	if n := closed.Load(); n < 50 {
		t.Error(n)
	}
}

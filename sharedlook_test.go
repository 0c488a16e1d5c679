package hazptr

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"hazptr/internal/litmus"
)

// Those who come while a look is under way share the next one.
func TestSynchronizesShareALook(t *testing.T) {
	const n = 100
	s := &synchronizing
	s.mu.Lock()
	if s.busy {
		t.Fatal("somebody synchronizes")
	}
	s.busy = true // the test makes a look
	s.mu.Unlock()

	var source atomic.Pointer[int]
	source.Store(new(int))
	held := Acquire(&source)
	var wg sync.WaitGroup
	for i := range n {
		p := new(int)
		if i == 0 {
			p = source.Swap(nil)
		}
		wg.Go(func() {
			if err := Synchronize(soonContext(t), p); err != nil {
				t.Error(err)
			}
		})
	}
	waiting := func() int {
		s.mu.Lock()
		defer s.mu.Unlock()
		return len(s.waiting)
	}
	eventually(t, "all wait", func() bool { return waiting() == n })
	err := Synchronize(expiredContext(t, time.Millisecond), new(int))
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "hazptr: Synchronize: ") {
		t.Error("while others look:", err)
	}
	if waiting() != n {
		t.Error("the one who has given up waits yet")
	}
	s.finish()
	if waiting() != 0 {
		t.Error("they do not share one look")
	}
	held.Release()
	wg.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.busy || len(s.batch) > 0 || s.own.p != 0 {
		t.Error("nobody synchronizes, and the look is not free")
	}
	for _, q := range append(s.batch[:cap(s.batch)], s.waiting[:cap(s.waiting)]...) {
		if q != nil {
			t.Fatal("a question that was answered is kept")
		}
	}
}

func TestManySynchronizes(t *testing.T) {
	var source atomic.Pointer[object]
	source.Store(new(object))
	var wg, readers sync.WaitGroup
	var stop atomic.Bool
	for range 2 {
		readers.Go(func() {
			h := NewHolder[object]()
			defer h.Close()
			for looks := litmus.Looks(0); !stop.Load(); looks.Next() {
				if h.Protect(&source).value != 0 {
					t.Error("an object that has ended is protected")
					return
				}
				g := Acquire(&source)
				if g.Ptr().value != 0 {
					t.Error("an object that has ended is guarded")
				}
				g.Release()
				h.Clear()
			}
		})
	}
	for i := range 8 {
		wg.Go(func() {
			for n := range 500 {
				old := source.Swap(new(object))
				ctx := soonContext(t)
				if i == 0 && n%2 == 0 {
					ctx = expiredContext(t, time.Nanosecond)
				}
				if err := Synchronize(ctx, old); err == nil {
					old.value = 1
				} else if i > 0 {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	stop.Store(true)
	readers.Wait()
}

// A bubble of testing/synctest and the rest of the program may wait for readers at the same time: neither closes a channel of the other's.
func TestSynchronizeInABubble(t *testing.T) {
	var stop atomic.Bool
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for looks := litmus.Looks(0); !stop.Load(); looks.Next() {
				if err := Synchronize(context.Background(), new(int)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 100 {
		synctest.Test(t, func(t *testing.T) {
			if !bubbled() {
				t.Fatal("a bubble is not told from the rest of the program")
			}
			var source atomic.Pointer[int]
			source.Store(new(int))
			g := Acquire(&source)
			time.AfterFunc(10*time.Millisecond, g.Release)
			if err := Synchronize(context.Background(), source.Swap(nil)); err != nil {
				t.Error(err)
			}
			for range 50 {
				if err := Synchronize(context.Background(), new(int)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	stop.Store(true)
	wg.Wait()
	if bubbled() {
		t.Error("the clock is taken for that of a bubble")
	}
}

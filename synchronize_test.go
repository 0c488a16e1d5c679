package hazptr

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
	"weak"

	"hazptr/internal/litmus"
)

func TestSynchronizeWaitsForHoldersAndGuards(t *testing.T) {
	var source atomic.Pointer[int]
	p := new(int)
	source.Store(p)
	if err := Synchronize(litmus.Context(t), p); err != nil {
		t.Fatal("with no reader:", err)
	}
	g := Acquire(&source)
	h := NewHolder[int]()
	defer h.Close()
	h.Protect(&source)
	source.Store(nil)
	err := Synchronize(litmus.Expiring(t, 5*time.Millisecond), p)
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "hold the object: 2") {
		t.Fatalf("with two readers: %v", err)
	}
	done := make(chan error)
	go func() { done <- Synchronize(litmus.Context(t), p) }()
	h.Clear()
	select {
	case err := <-done:
		t.Fatal("returned while a Guard holds the object:", err)
	case <-time.After(10 * time.Millisecond):
	}
	g.Release()
	if err := <-done; err != nil {
		t.Fatal(err)
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
				ctx := litmus.Context(t)
				if i == 0 && n%2 == 0 {
					ctx = litmus.Expiring(t, time.Nanosecond)
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

// A bubble of testing/synctest and the rest of the program may wait for readers
// at the same time: neither closes a channel of the other's.
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
}

// The object stays while it is waited for: another one that came to have its
// address would be waited for, too.
func TestSynchronizeKeepsTheObject(t *testing.T) {
	var source atomic.Pointer[object]
	source.Store(new(object))
	g := Acquire(&source)
	g.p = nil // a hazard pointer keeps nothing alive, nor does this Guard
	p := weak.Make(source.Load())
	done := make(chan error)
	go func() { done <- Synchronize(litmus.Context(t), source.Swap(nil)) }()
	time.Sleep(10 * time.Millisecond)
	for range 3 {
		runtime.GC()
	}
	if p.Value() == nil {
		t.Error("it has been collected")
	}
	g.p = p.Value()
	g.Release()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

package hazptr

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"hazptr/internal/litmus"
)

// A hostile is a context whose methods panic: Done where done is nil, else Err.
type hostile struct {
	context.Context
	done chan struct{}
}

func (h *hostile) Done() <-chan struct{} {
	if h == nil {
		panic("Done of nil")
	}
	if h.done == nil {
		panic("Done on purpose")
	}
	return h.done
}

func (h *hostile) Err() error { panic("Err on purpose") }

// hostileContexts are contexts that end at once or panic, each with a part of
// the panic's text.
func hostileContexts() map[string]context.Context {
	ended := make(chan struct{})
	close(ended)
	var none *hostile
	return map[string]context.Context{
		"with a nil Context": nil,
		"Done of nil":        none,
		"Done on purpose":    &hostile{Context: context.Background()},
		"Err on purpose":     &hostile{Context: context.Background(), done: ended},
	}
}

// A context that panics in a call that waits leaves nothing behind: later calls
// work, and the domain too.
func TestContextsThatPanic(t *testing.T) {
	for text, ctx := range hostileContexts() {
		d := NewDomain(Config{Name: "hostile"})
		var source atomic.Pointer[int]
		source.Store(new(int))
		g := Acquire(&source)
		held := source.Swap(nil)
		ended := false
		RetireIn(d, held, 0, func(*int) { ended = true })
		for method, call := range map[string]func(){
			"Synchronize": func() { Synchronize(ctx, held) },
			"Barrier":     func() { d.Barrier(ctx) },
			"Close":       func() { d.Close(ctx) },
		} {
			litmus.MustPanic(t, text, call)
			if t.Failed() {
				t.Fatalf("%s, %s", method, text)
			}
		}
		if ctx == nil {
			litmus.MustPanic(t, text, func() { d.Flush(ctx) })
		}
		g.Release()
		closeDomain(t, d)
		if !ended {
			t.Errorf("%s: the object was not reclaimed", text)
		}
		if ctx == nil { // where nothing need be waited for, too
			litmus.MustPanic(t, text, func() { d.Barrier(ctx) })
			litmus.MustPanic(t, text, func() { Synchronize(ctx, new(int)) })
		}
	}
}

// A context that panics in a Synchronize that waits for another one's look does
// not hold up the callers that come after it.
func TestContextsThatPanicBesideALook(t *testing.T) {
	var stop atomic.Bool
	var others sync.WaitGroup
	for range 4 {
		others.Go(func() {
			for !stop.Load() {
				if err := Synchronize(litmus.Context(t), new(int)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for text, ctx := range hostileContexts() {
		for range 100 {
			func() {
				defer func() {
					got := recover()
					if message, _ := got.(string); got != nil && !strings.Contains(message, text) {
						t.Errorf("%q: panic with %v", text, got)
					}
				}()
				Synchronize(ctx, new(int))
			}()
		}
		if err := Synchronize(litmus.Context(t), new(int)); err != nil {
			t.Fatalf("after %q: %v", text, err)
		}
	}
	stop.Store(true)
	others.Wait()
}

// Barrier and Flush return when what was retired before them has been
// reclaimed, whatever becomes of what was retired after them.
func TestWaitersLeaveOutWhatIsRetiredLater(t *testing.T) {
	for _, how := range []string{"Barrier", "Flush"} {
		d := NewDomain(Config{MaxPending: 4, Workers: 2})
		var source atomic.Pointer[int]
		source.Store(new(int))
		stay := Acquire(&source)
		hold, later, stuck := make(chan struct{}), make(chan struct{}), make(chan struct{})
		var ended atomic.Int64
		const objects = 6 // more than the scanner takes at once
		for range objects {
			RetireIn(d, new(int), 0, func(*int) { <-hold; ended.Add(1) })
		}
		wait := d.Barrier
		if how == "Flush" {
			wait = d.Flush
		}
		done := make(chan error)
		go func() { done <- wait(litmus.Context(t)) }()
		litmus.Eventually(t, "it waits", func() bool { return goroutines(waiting) == 1 })
		RetireIn(d, source.Swap(nil), 0, func(*int) {}) // protected
		RetireIn(d, new(int), 0, func(*int) { close(stuck); <-later })
		close(hold)
		if err := <-done; err != nil {
			t.Fatalf("%s: %v", how, err)
		}
		if n := ended.Load(); n != objects {
			t.Errorf("%s returned when %d of %d objects had ended", how, n, objects)
		}
		<-stuck
		close(later)
		stay.Release()
		closeDomain(t, d)
	}
}

// A Flush waits for what was protected before it and is no longer.
func TestFlushLooksAgain(t *testing.T) {
	d := NewDomain(Config{})
	for range 100 {
		var source atomic.Pointer[int]
		source.Store(new(int))
		g := Acquire(&source)
		ended := false
		RetireIn(d, source.Swap(nil), 0, func(*int) { ended = true })
		if err := d.Flush(litmus.Context(t)); err != nil || ended {
			t.Fatalf("%v, ended while it is protected: %t", err, ended)
		}
		g.Release()
		if err := d.Flush(litmus.Context(t)); err != nil || !ended {
			t.Fatalf("%v, ended: %t", err, ended)
		}
	}
	closeDomain(t, d)
}

// A reclaim function that waits for its own domain would wait for itself. It
// may wait for another one, and so may a goroutine that it has started.
func TestReclaimFunctionsThatWaitForThemselves(t *testing.T) {
	for _, inline := range []bool{false, true} {
		d := NewDomain(Config{Name: "itself", ReclaimInline: inline})
		other := NewDomain(Config{Name: "other", ReclaimInline: inline})
		told := make(chan any, 3)
		RetireIn(d, new(int), 0, func(*int) {
			for _, wait := range []func(context.Context) error{d.Barrier, d.Flush, d.Close} {
				func() {
					defer func() { told <- recover() }()
					wait(litmus.Context(t))
				}()
			}
			RetireIn(other, new(int), 0, func(*int) {})
			if err := other.Barrier(litmus.Context(t)); err != nil {
				t.Error(err)
			}
		})
		for _, method := range []string{"Barrier", "Flush", "Close"} {
			if text, _ := (<-told).(string); !strings.Contains(text, method+` of domain "itself" in one of its reclaim functions`) {
				t.Errorf("inline %t: %s: %q", inline, method, text)
			}
		}
		closeDomain(t, d)
		closeDomain(t, other)
	}
}

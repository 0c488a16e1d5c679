package grace

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hazptr/internal/litmus"
)

func TestCallbacksInOrder(t *testing.T) {
	s := sequence(absent{})
	const n = 10_000
	var order []int
	for i := range n {
		s.Call(func() { order = append(order, i) })
	}
	if err := s.Barrier(litmus.Context(t)); err != nil {
		t.Fatal(err)
	}
	if len(order) != n || !slices.IsSorted(order) {
		t.Fatalf("%d callbacks were invoked, want %d; in order: %t", len(order), n, slices.IsSorted(order))
	}
	closeSequence(t, s)
	for c := s.pool.free; c != nil; c = c.next {
		for _, f := range c.callbacks {
			if f != nil {
				t.Fatal("a chunk in the pool holds a callback")
			}
		}
	}
}

func TestGoexitInACallback(t *testing.T) {
	s := sequence(absent{})
	var invoked atomic.Int64
	for range 1000 {
		s.Call(func() {
			invoked.Add(1)
			runtime.Goexit()
		})
	}
	closeSequence(t, s)
	if invoked.Load() != 1000 {
		t.Fatalf("%d callbacks were invoked", invoked.Load())
	}
}

func TestCallbackMayCallAndSynchronize(t *testing.T) {
	s := sequence(absent{})
	done := make(chan error, 2)
	s.Call(func() {
		done <- s.Synchronize(litmus.Context(t))
		s.Call(func() { done <- nil })
	})
	for range 2 {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	closeSequence(t, s)
}

// A callback that waits for itself panics. It may wait for another Sequence.
func TestCallbackWaitsForItself(t *testing.T) {
	s, other := sequence(absent{}), sequence(absent{})
	waits := func() {
		for method, f := range map[string]func(context.Context) error{"Barrier": s.Barrier, "Close": s.Close} {
			func() {
				defer func() {
					if r, _ := recover().(string); !strings.HasPrefix(r, "grace: "+method+" in a callback of the same Domain") {
						t.Errorf("%s: %v", method, r)
					}
				}()
				_ = f(litmus.Context(t))
			}()
		}
	}
	s.Call(func() {
		waits()
		runtime.Goexit()
	})
	s.Call(waits)
	s.Call(func() {
		other.Call(func() {})
		if err := other.Barrier(litmus.Context(t)); err != nil {
			t.Error(err)
		}
		closeSequence(t, other)
	})
	closeSequence(t, s)
}

// A Barrier waits for those before it alone, in the same chunk, too.
func TestBarrierWaitsForNoLaterCallback(t *testing.T) {
	s := sequence(absent{})
	release := make(chan struct{})
	for range 3 {
		s.Call(func() {})
	}
	s.mu.Lock()
	target := s.posted
	s.mu.Unlock()
	s.Call(func() { <-release })
	for s.invoked.Load() < target {
		runtime.Gosched()
	}
	// What Barrier does when it was called before the last Call.
	b := barrier{target: target, done: make(chan struct{})}
	s.mu.Lock()
	s.barriers = append(s.barriers, b)
	s.settle()
	s.mu.Unlock()
	select {
	case <-b.done:
	case <-time.After(litmus.Soon):
		t.Fatal("it waits for a callback that was posted later")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	if err := s.Barrier(ctx); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "1 callbacks have not returned") {
		t.Fatal(err)
	}
	if len(s.barriers) != 0 {
		t.Fatal("a Barrier that has expired is remembered")
	}
	close(release)
	closeSequence(t, s)
}

// A Barrier returns although callbacks that block are posted while it waits,
// for the same grace period and for later ones.
func TestBarrierReturnsWhileOthersPost(t *testing.T) {
	r := newScripted()
	s := sequence(r)
	s.Start()
	<-r.began
	called := false
	s.Call(func() { called = true })
	returned := make(chan error)
	go func() { returned <- s.Barrier(litmus.Context(t)) }()
	for waiting := 0; waiting == 0; runtime.Gosched() {
		select {
		case err := <-returned:
			t.Fatalf("error %v, and its callback has not been called", err)
		default:
		}
		s.mu.Lock()
		waiting = len(s.barriers)
		s.mu.Unlock()
	}
	release := make(chan struct{})
	block := func() { <-release }
	s.Call(block)
	r.leave <- struct{}{}
	<-r.began
	for range 1000 {
		s.Call(block)
	}
	r.leave <- struct{}{}
	if err := <-returned; err != nil || !called {
		t.Fatalf("error %v, its callback was called: %t", err, called)
	}
	close(release)
	r.leave <- struct{}{}
	closeSequence(t, s)
}

// The invoker counts, the Barrier says what it seeks: the later of the two
// finds the other's word.
func TestBarrierIsNotMissed(t *testing.T) {
	s := sequence(absent{})
	for range 20_000 {
		s.Call(func() {})
		if err := s.Barrier(litmus.Context(t)); err != nil {
			t.Fatal(err)
		}
	}
	closeSequence(t, s)
}

// A callback that panics ends the program, which calls no other on its way.
// A panic with nil is no exception where GODEBUG=panicnil=1 lets recover
// return nil for it.
func TestPanicOfACallbackEndsTheProgram(t *testing.T) {
	value := map[string]any{"string": "on purpose", "nil": nil}
	if of := os.Getenv("GRACE_TEST_PANIC"); of != "" {
		s := sequence(absent{})
		s.Call(func() { panicIn(value[of]) })
		for range 100 {
			s.Call(func() { os.Stdout.WriteString("another callback\n") })
		}
		time.Sleep(litmus.Soon)
		return
	}
	for of, message := range map[string]string{"string": "panic: on purpose", "nil": "panic: nil"} {
		cmd := exec.Command(os.Args[0], "-test.run", "^"+t.Name()+"$")
		cmd.Env = append(os.Environ(), "GRACE_TEST_PANIC="+of, "GODEBUG=panicnil=1")
		out, err := cmd.CombinedOutput()
		if err == nil || !strings.Contains(string(out), message) || !strings.Contains(string(out), "panicIn(") ||
			strings.Contains(string(out), "another callback") {
			t.Errorf("panic with %s: %v\n%s", of, err, out)
		}
	}
}

//go:noinline
func panicIn(value any) { panic(value) }

func BenchmarkCall(b *testing.B) {
	s := sequence(absent{})
	f := func() {}
	b.ReportAllocs()
	for range b.N {
		s.Call(f)
	}
	if err := s.Close(context.Background()); err != nil {
		b.Fatal(err)
	}
}

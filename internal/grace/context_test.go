package grace

import (
	"context"
	"errors"
	"runtime"
	"testing"

	"hazptr/internal/goexit"
)

// A faulty context calls a function in one of its methods.
type faulty struct {
	context.Context
	inDone, inErr func()
}

func (c faulty) Done() <-chan struct{} {
	c.inDone()
	return c.Context.Done()
}

func (c faulty) Err() error {
	c.inErr()
	return c.Context.Err()
}

func ended() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

// An outcome is how a function ended that may not have returned.
type outcome struct {
	goexit   bool
	panicked any
	err      error
}

// try calls f on a goroutine of its own.
func try(f func() error) (o outcome) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() { o.goexit, o.panicked = goexit.UnderWay(), recover() }()
		o.err = f()
	}()
	<-done
	return o
}

// What a context's method does is the business of the caller alone: it may
// panic, end the goroutine, and call the Sequence. Other goroutines, and later
// calls, find nothing of it.
func TestFaultyContexts(t *testing.T) {
	r := newScripted()
	s := sequence(r)
	s.Call(func() {}) // for Barrier and Close to wait for
	<-r.began
	none, fault, state := func() {}, func() { panic("on purpose") }, func() { s.State() }
	for method, f := range map[string]func(context.Context) error{"Synchronize": s.Synchronize, "Barrier": s.Barrier, "Close": s.Close} {
		for _, c := range []struct {
			name string
			ctx  context.Context
			want func(outcome) bool
		}{
			{"nil", nil, func(o outcome) bool { return o.panicked == "grace: "+method+" with a nil Context" }},
			{"panic in Done", faulty{ended(), fault, none}, func(o outcome) bool { return o.panicked == "on purpose" }},
			{"panic in Err", faulty{ended(), none, fault}, func(o outcome) bool { return o.panicked == "on purpose" }},
			{"Goexit in Done", faulty{ended(), runtime.Goexit, none}, func(o outcome) bool { return o.goexit }},
			{"Goexit in Err", faulty{ended(), none, runtime.Goexit}, func(o outcome) bool { return o.goexit }},
			{"State in both", faulty{ended(), state, state}, func(o outcome) bool { return errors.Is(o.err, context.Canceled) }},
		} {
			if o := try(func() error { return f(c.ctx) }); !c.want(o) {
				t.Errorf("%s, %s: %+v", method, c.name, o)
			}
			if s.waiting != 0 || len(s.barriers) != 0 {
				t.Errorf("%s, %s: %d wait, and %d for callbacks", method, c.name, s.waiting, len(s.barriers))
			}
		}
	}
	r.leave <- struct{}{}
	r.leave <- struct{}{}
	if err := s.Synchronize(soonContext(t)); err != nil {
		t.Fatal(err)
	}
	closeSequence(t, s)
}

// The same holds for the goroutine that runs the grace period that others wait
// for.
func TestFaultyContextOfTheLeader(t *testing.T) {
	r := newScripted()
	s := sequence(r)
	ctx, cancel := context.WithCancel(context.Background())
	leader := make(chan outcome)
	go func() {
		leader <- try(func() error {
			return s.Synchronize(faulty{ctx, func() {}, func() { panic("on purpose") }})
		})
	}()
	<-r.began
	follower := make(chan error)
	go func() { follower <- s.Synchronize(soonContext(t)) }()
	cancel()
	if o := <-leader; o.panicked != "on purpose" {
		t.Fatalf("%+v", o)
	}
	r.leave <- struct{}{}
	r.leave <- struct{}{}
	if err := <-follower; err != nil {
		t.Fatal(err)
	}
	closeSequence(t, s)
}

// A nil Context is refused also by a call that would not have waited.
func TestNilContext(t *testing.T) {
	s := sequence(absent{})
	for method, f := range map[string]func(context.Context) error{"Synchronize": s.Synchronize, "Barrier": s.Barrier, "Close": s.Close} {
		if o := try(func() error { return f(nil) }); o.panicked != "grace: "+method+" with a nil Context" {
			t.Errorf("%s: %+v", method, o)
		}
	}
	closeSequence(t, s)
}

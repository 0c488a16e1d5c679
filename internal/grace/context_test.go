package grace

import (
	"context"
	"errors"
	"runtime"
	"testing"

	"hazptr/internal/faulty"
	"hazptr/internal/litmus"
)

func ended() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

func waitingMethods(s *Sequence) map[string]func(context.Context) error {
	return map[string]func(context.Context) error{"Synchronize": s.Synchronize, "Barrier": s.Barrier, "Close": s.Close}
}

// What a context's method does is the business of the caller alone: it may
// panic, end the goroutine, and call the Sequence. Other goroutines, and later
// calls, find nothing of it.
func TestFaultyContexts(t *testing.T) {
	r := newScripted()
	s := sequence(r)
	s.Call(func() {}) // for Barrier and Close to wait for
	<-r.began
	fault, state := func() { panic("on purpose") }, func() { s.State() }
	panicked := faulty.Outcome{Panicked: "on purpose"}
	for method, f := range waitingMethods(s) {
		for _, c := range []struct {
			name string
			ctx  context.Context
			want faulty.Outcome
		}{
			{"nil", nil, faulty.Outcome{Panicked: "grace: " + method + " with a nil Context"}},
			{"panic in Done", faulty.Context{Context: ended(), InDone: fault}, panicked},
			{"panic in Err", faulty.Context{Context: ended(), InErr: fault}, panicked},
			{"Goexit in Done", faulty.Context{Context: ended(), InDone: runtime.Goexit}, faulty.Outcome{Goexit: true}},
			{"Goexit in Err", faulty.Context{Context: ended(), InErr: runtime.Goexit}, faulty.Outcome{Goexit: true}},
			{"State in both", faulty.Context{Context: ended(), InDone: state, InErr: state}, faulty.Outcome{}},
		} {
			var err error
			if got := faulty.Try(func() { err = f(c.ctx) }); got != c.want || c.name == "State in both" && !errors.Is(err, context.Canceled) {
				t.Errorf("%s, %s: %+v, error %v, want %+v", method, c.name, got, err, c.want)
			}
			if s.waiting != 0 || len(s.barriers) != 0 {
				t.Errorf("%s, %s: %d wait, and %d for callbacks", method, c.name, s.waiting, len(s.barriers))
			}
		}
	}
	r.leave <- struct{}{}
	r.leave <- struct{}{}
	if err := s.Synchronize(litmus.Context(t)); err != nil {
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
	leader := make(chan faulty.Outcome)
	go func() {
		ctx := faulty.Context{Context: ctx, InErr: func() { panic("on purpose") }}
		leader <- faulty.Try(func() { _ = s.Synchronize(ctx) })
	}()
	<-r.began
	follower := make(chan error)
	go func() { follower <- s.Synchronize(litmus.Context(t)) }()
	cancel()
	if o := <-leader; o.Panicked != "on purpose" {
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
	for method, f := range waitingMethods(s) {
		if o := faulty.Try(func() { _ = f(nil) }); o.Panicked != "grace: "+method+" with a nil Context" {
			t.Errorf("%s: %+v", method, o)
		}
	}
	closeSequence(t, s)
}

package live_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"hazptr/internal/litmus"
	"hazptr/live"
)

func TestMaxOld(t *testing.T) {
	var f factory
	var j litmus.Journal
	o := f.options()
	o.MaxOld, o.Trace, o.Warn, o.Logger = 1, true, 5*time.Millisecond, j.Logger()
	v := open(t, o)
	l, err := v.Acquire()
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	err = v.Reload(litmus.Brief(t))
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "generation 1") || !strings.Contains(err.Error(), "live_test.TestMaxOld") || strings.Contains(err.Error(), "unknown") || f.opened.Load() != 2 {
		t.Error(err, f.opened.Load())
	}
	litmus.Eventually(t, "the Load is given up", func() bool { return v.Status().Loading.IsZero() })
	due := make(chan error, 1)
	go func() { due <- v.Reload(t.Context()) }()
	litmus.Eventually(t, "the Load is held, and that is logged", func() bool {
		return v.Status().Held && j.Has("MaxOld is 1") && j.Has("still in use")
	})
	if s := v.Status(); s.OldCount != 1 || s.Old[0].Users != 1 || len(s.Old[0].Acquired) != 1 || s.Loading.IsZero() {
		t.Errorf("%#v", s)
	}
	// It pays no regard to MaxOld.
	if err := v.Store(&resource{n: 9}); err != nil {
		t.Error(err)
	}
	l.Release()
	if err := <-due; err != nil {
		t.Error(err)
	}
	if s := v.Status(); s.Held {
		t.Errorf("%#v", s)
	}
	shutdown(t, v)
}

// A value that is there, or that was replaced and is not closed, would be
// closed twice.
func TestTheSameValue(t *testing.T) {
	var f factory
	a, b := &resource{n: 1}, &resource{n: 2}
	v := live.New(a, live.Options[*resource]{Name: "same", Load: func(context.Context) (*resource, error) { return a, nil }, Close: f.close, Logger: quiet})
	var own *live.Error
	if err := v.Reload(t.Context()); !errors.As(err, &own) || !strings.Contains(err.Error(), "closed twice") {
		t.Error(err)
	}
	l, err := v.Acquire()
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Store(b); err != nil {
		t.Error(err)
	}
	if err := v.Store(a); !errors.As(err, &own) {
		t.Errorf("a value that is in use was stored again: %v", err)
	}
	l.Release()
	shutdown(t, v)
	if f.closed.Load() != 2 {
		t.Error(f.closed.Load())
	}
	// Nothing closes it.
	free := live.New(a, live.Options[*resource]{Name: "free"})
	if err := free.Store(a); err != nil {
		t.Error(err)
	}
	shutdown(t, free)
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

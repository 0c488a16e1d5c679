package live_test

import (
	"context"
	"errors"
	"io"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"hazptr/internal/litmus"
	"hazptr/live"
)

// Every value is closed once, and none while it is in use.
func TestReloadBesideUsers(t *testing.T) {
	var f factory
	v := f.open(t)
	var stop atomic.Bool
	var users sync.WaitGroup
	for range 4 {
		users.Go(func() {
			for !stop.Load() {
				if err := v.Do((*resource).use); err != nil {
					t.Error(err)
				}
				l, err := v.Acquire()
				if err != nil {
					t.Error(err)
					return
				}
				runtime.Gosched()
				if err := l.Value().use(); err != nil {
					t.Error(err)
				}
				l.Release()
			}
		})
	}
	for range 300 {
		if err := v.Reload(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := v.Drain(litmus.Context(t)); err != nil {
		t.Fatal(err)
	}
	if n := f.opened.Load() - f.closed.Load(); n != 1 {
		t.Errorf("%d are open after Drain", n)
	}
	stop.Store(true)
	users.Wait()
	shutdown(t, v)
	if f.opened.Load() != 301 || f.closed.Load() != 301 {
		t.Error(f.opened.Load(), f.closed.Load())
	}
}

// Ten thousand Values are made, used and closed.
func TestManyValues(t *testing.T) {
	n := 10_000
	if testing.Short() {
		n = 1000
	}
	var f factory
	all := make([]*live.Value[*resource], n)
	for i := range all {
		all[i] = live.New(&resource{n: int64(i)}, live.Options[*resource]{Name: "many", Close: f.close})
	}
	for _, v := range all {
		if err := v.Store(new(resource)); err != nil {
			t.Fatal(err)
		}
	}
	for _, v := range all {
		shutdown(t, v)
	}
	if f.closed.Load() != int64(2*n) {
		t.Error(f.closed.Load())
	}
}

// Kinds of T that are unlike pointers.
func TestKinds(t *testing.T) {
	empty := open(t, live.Options[struct{}]{Name: "struct{}", Load: func(context.Context) (struct{}, error) { return struct{}{}, nil }})
	if empty.Do(func(struct{}) error { return nil }) != nil || empty.Reload(t.Context()) != nil {
		t.Error("struct{}")
	}
	shutdown(t, empty)

	var closed atomic.Int64 // several may be closed at a time
	reader := live.New(io.NopCloser(strings.NewReader("x")), live.Options[io.ReadCloser]{Name: "interface", Close: func(r io.ReadCloser) error {
		closed.Add(1)
		if r == nil {
			return nil
		}
		return r.Close()
	}})
	if err := reader.Do(func(r io.ReadCloser) error { _, err := io.ReadAll(r); return err }); err != nil {
		t.Error(err)
	}
	for range 2 {
		if err := reader.Store(nil); err != nil { // a value as any other
			t.Error(err)
		}
	}
	shutdown(t, reader)
	if n := closed.Load(); n != 3 {
		t.Errorf("%d closed", n)
	}

	call := live.New(func() int { return 1 }, live.Options[func() int]{Name: "func", Close: func(func() int) error { return nil }})
	if err := call.Store(func() int { return 2 }); err != nil {
		t.Error(err)
	}
	n := 0
	if err := call.Do(func(f func() int) error { n = f(); return nil }); err != nil || n != 2 {
		t.Error(err, n)
	}
	shutdown(t, call)

	none := live.New((*resource)(nil), live.Options[*resource]{Name: "nil", Close: func(*resource) error { return nil }})
	if err := none.Do(func(r *resource) error {
		if r != nil {
			t.Error("not nil")
		}
		return none.Store(nil)
	}); err != nil {
		t.Error(err)
	}
	shutdown(t, none)

	same := live.New(new(struct{}), live.Options[*struct{}]{Name: "*struct{}", Close: func(*struct{}) error { return nil }})
	// It may have the address of the first.
	if err := same.Store(new(struct{})); err != nil {
		t.Error(err)
	}
	shutdown(t, same)
}

// A use may end in any way.
func TestUsesThatDoNotReturn(t *testing.T) {
	var f factory
	v := f.open(t)
	litmus.MustPanic(t, "in use", func() { _ = v.Do(func(*resource) error { panic("in use") }) })
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = v.Do(func(*resource) error { runtime.Goexit(); return nil })
	}()
	<-done
	own := errors.New("the use's")
	if err := v.Do(func(*resource) error { return own }); err != own {
		t.Errorf("%v, want it as it is", err)
	}
	shutdown(t, v)
}

// A Do in a Do, and Reloads, Stores and a Close in one.
func TestDoInDo(t *testing.T) {
	var f factory
	v := f.open(t)
	err := v.Do(func(outer *resource) error {
		return errors.Join(
			v.Do(func(inner *resource) error {
				if inner != outer {
					t.Error("another value, though nothing was replaced")
				}
				return inner.use()
			}),
			v.Reload(t.Context()),
			v.Do(func(inner *resource) error {
				if inner == outer {
					t.Error("the old value after a Reload")
				}
				return inner.use()
			}),
			v.Store(&resource{n: 7}),
			outer.use(),
			v.Close(),
			outer.use(),
		)
	})
	if err != nil {
		t.Error(err)
	}
	shutdown(t, v)
}

func TestMisuse(t *testing.T) {
	var f factory
	change := func(change func(*live.Options[*resource])) func() {
		return func() {
			o := f.options()
			change(&o)
			_, _ = live.Open(t.Context(), o)
		}
	}
	litmus.MustPanic(t, "without Options.Load", change(func(o *live.Options[*resource]) { o.Load = nil }))
	litmus.MustPanic(t, "without Options.Name", change(func(o *live.Options[*resource]) { o.Name = "" }))
	litmus.MustPanic(t, "MaxOld -1", change(func(o *live.Options[*resource]) { o.MaxOld = -1 }))
	litmus.MustPanic(t, "nil Trigger", change(func(o *live.Options[*resource]) { o.ReloadOn = []live.Trigger{nil} }))
	litmus.MustPanic(t, "nil Context", func() { _, _ = live.Open(noContext, f.options()) })
	litmus.MustPanic(t, "ReloadOn, but without", func() {
		live.New(1, live.Options[int]{Name: "x", ReloadOn: []live.Trigger{live.Every(1)}})
	})
	stored := live.New(1, live.Options[int]{Name: "stored"})
	litmus.MustPanic(t, "no Load", func() { _ = stored.Reload(t.Context()) })
	litmus.MustPanic(t, "nil Context", func() { _ = stored.Drain(noContext) })
	litmus.MustPanic(t, "nil Context", func() { _ = stored.Shutdown(noContext) })
	shutdown(t, stored)

	// In Load and Close; the panic of a Load is an error.
	var v *live.Value[*resource]
	o := f.options()
	started := false
	o.Load = func(ctx context.Context) (*resource, error) {
		if started {
			litmus.MustPanic(t, "Reload", func() { _ = v.Reload(ctx) })
			litmus.MustPanic(t, "Drain", func() { _ = v.Drain(ctx) })
			litmus.MustPanic(t, "Shutdown", func() { _ = v.Shutdown(ctx) })
		}
		return f.load(ctx)
	}
	o.Close = func(r *resource) error {
		litmus.MustPanic(t, "Reload", func() { _ = v.Reload(t.Context()) })
		litmus.MustPanic(t, "Drain", func() { _ = v.Drain(t.Context()) })
		litmus.MustPanic(t, "Shutdown", func() { _ = v.Shutdown(t.Context()) })
		return f.close(r)
	}
	v = open(t, o)
	started = true
	if err := v.Reload(t.Context()); err != nil {
		t.Error(err)
	}
	if err := v.Drain(litmus.Context(t)); err != nil {
		t.Error(err)
	}
	shutdown(t, v)
}

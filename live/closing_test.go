package live_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"

	"hazptr/internal/check"
	"hazptr/internal/litmus"
	"hazptr/live"
)

func TestClosed(t *testing.T) {
	var f factory
	v := f.open(t)
	l, err := v.Acquire()
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Close(); err != nil {
		t.Error(err)
	}
	var own *live.Error
	for name, do := range map[string]func() error{
		"Do":      func() error { return v.Do((*resource).use) },
		"Acquire": func() error { l, err := v.Acquire(); l.Release(); return err },
		"Store":   func() error { return v.Store(new(resource)) },
		"Reload":  func() error { return v.Reload(t.Context()) },
	} {
		if err := do(); !errors.Is(err, live.ErrClosed) || !errors.As(err, &own) || own.Name != "resource" || own.Err != live.ErrClosed || err.Error() != `live: "resource": `+name+`: closed` {
			t.Errorf("%s: %v", name, err)
		}
	}
	litmus.Eventually(t, "what was stored is closed", func() bool { return f.closed.Load() == 1 })
	if err := v.Shutdown(litmus.Brief(t)); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "generation 1, taken away by Close ") ||
		strings.Contains(err.Error(), "unknown without Options.Trace") == check.Enabled {
		t.Error(err)
	}
	if err := l.Value().use(); err != nil {
		t.Error(err)
	}
	l.Release()
	shutdown(t, v)
	shutdown(t, v)
	if err := v.Close(); err != nil || f.closed.Load() != 2 {
		t.Error(err, f.closed.Load())
	}
	if s := v.Status(); !s.Closed || s.OldCount != 0 || s.Generation != 0 || s.LastClosed.IsZero() {
		t.Errorf("%#v", s)
	}
}

// A Drain waits for what was replaced before it, and for nothing else.
func TestDrain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f factory
		v := f.open(t)
		l, _ := v.Acquire()
		if err := v.Drain(t.Context()); err != nil { // nothing was replaced
			t.Error(err)
		}
		_ = v.Reload(t.Context())
		if err := v.Drain(litmus.Brief(t)); !errors.Is(err, context.DeadlineExceeded) || !strings.HasPrefix(err.Error(), `live: "resource": Drain: given up; generation 1, `) || !strings.Contains(err.Error(), "has 1 user") {
			t.Error(err)
		}
		drained := make(chan error, 1)
		go func() { drained <- v.Drain(t.Context()) }()
		synctest.Wait()
		later, _ := v.Acquire()
		_ = v.Reload(t.Context())
		synctest.Wait()
		if len(drained) > 0 {
			t.Error("Drain has not waited")
		}
		l.Release()
		if err := <-drained; err != nil {
			t.Error(err)
		}
		later.Release()
		shutdown(t, v)
	})
}

// A Drain or Shutdown in its own Do waits for itself, and says so.
func TestWaitingInside(t *testing.T) {
	for _, trace := range []bool{false, true} {
		var f factory
		o := f.options()
		o.Trace = trace
		v := open(t, o)
		err := v.Do(func(r *resource) error {
			if check.Enabled {
				litmus.MustPanic(t, "inside its own Do", func() { _ = v.Drain(t.Context()) })
				litmus.MustPanic(t, "inside its own Do", func() { _ = v.Shutdown(t.Context()) })
				return nil
			}
			_ = v.Reload(t.Context())
			//hazptrvet:ignore the error says so
			if err := v.Drain(litmus.Brief(t)); err == nil || !strings.Contains(err.Error(), "inside a Do") {
				t.Error(err)
			}
			err := v.Shutdown(litmus.Brief(t)) //hazptrvet:ignore the error says so
			return errors.Join(r.use(), err)
		})
		if !check.Enabled && (!errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "inside a Do") || strings.Contains(err.Error(), "TestWaitingInside") != trace) {
			t.Error(err)
		}
		shutdown(t, v)
	}
}

// Shutdown waits for what a Store beside it has replaced.
func TestShutdownBesideStore(t *testing.T) {
	for i := range 3000 {
		var f factory
		v := live.New(new(resource), live.Options[*resource]{Name: "beside", Close: f.close, Warn: -1})
		stored := make(chan error, 1)
		go func() { stored <- v.Store(new(resource)) }()
		for range i % 40 {
			runtime.Gosched()
		}
		shutdown(t, v)
		closed := f.closed.Load()
		if err := <-stored; err == nil && closed != 2 {
			t.Fatalf("Shutdown has returned with %d of 2 values closed", closed)
		}
	}
}

// A value that comes too late is closed as any other: its errors are told, and
// its Close may exit its goroutine.
func TestCloseOfALateLoad(t *testing.T) {
	for _, exit := range []bool{false, true} {
		loading, goOn := make(chan struct{}), make(chan struct{})
		v := live.New(1, live.Options[int]{Name: "late", Logger: quiet,
			Load: func(context.Context) (int, error) { close(loading); <-goOn; return 2, nil },
			Close: func(n int) error {
				if exit {
					runtime.Goexit()
				}
				return fmt.Errorf("disk %d is gone", n)
			}})
		reloaded := make(chan error, 1)
		go func() { reloaded <- v.Reload(t.Context()) }()
		<-loading
		_ = v.Close()
		close(goOn)
		if err := <-reloaded; !errors.Is(err, live.ErrClosed) || err.Error() != `live: "late": Reload: closed` {
			t.Error(err)
		}
		err := v.Shutdown(litmus.Context(t))
		if exit {
			if err != nil {
				t.Error(err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), "disk 1 is gone") || !strings.Contains(err.Error(), "disk 2 is gone") {
			t.Error(err)
		}
	}
}

// What has ended has ended, whatever the Context.
func TestShutdownAgainWithAnEndedContext(t *testing.T) {
	var f factory
	var s shelf
	v, p := f.open(t), s.pool(0)
	plain := live.NewPlain(1, live.PlainOptions[int]{Name: "plain"})
	shutdown(t, v)
	shutdownPool(t, p)
	closePlain(t, plain)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for range 50 {
		if err := errors.Join(v.Shutdown(ended), p.Shutdown(ended), plain.Shutdown(ended)); err != nil {
			t.Fatal(err)
		}
	}
}

// A Reload that MaxOld holds is told that the Value is closed.
func TestHeldReloadBesideClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f factory
		o := f.options()
		o.MaxOld = 1
		v := open(t, o)
		l, err := v.Acquire()
		if err != nil {
			t.Fatal(err)
		}
		if err := v.Store(new(resource)); err != nil {
			t.Error(err)
		}
		reloaded := make(chan error, 1)
		go func() { reloaded <- v.Reload(t.Context()) }()
		synctest.Wait()
		_ = v.Close()
		if err := <-reloaded; !errors.Is(err, live.ErrClosed) {
			t.Error(err)
		}
		if s := v.Status(); s.Loads != 1 {
			t.Errorf("%d Loads, of which one was called", s.Loads)
		}
		l.Release()
		shutdown(t, v)
	})
}

package live_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"hazptr/internal/check"
	"hazptr/internal/litmus"
	"hazptr/live"
)

// A resource is what a value holds: it must not be used when it is closed, nor
// be closed twice.
type resource struct {
	n      int64
	closed atomic.Bool
}

func (r *resource) use() error {
	if r.closed.Load() {
		return fmt.Errorf("resource %d is used after its Close", r.n)
	}
	return nil
}

// A factory makes resources, and counts them.
type factory struct {
	opened, closed atomic.Int64
	slow           atomic.Int64 // how long a load takes
	fail           atomic.Pointer[error]
}

func (f *factory) load(ctx context.Context) (*resource, error) {
	select {
	case <-time.After(time.Duration(f.slow.Load())):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if err := f.fail.Load(); err != nil {
		return nil, *err
	}
	return &resource{n: f.opened.Add(1)}, nil
}

func (f *factory) close(r *resource) error {
	if r.closed.Swap(true) {
		panic("closed twice")
	}
	f.closed.Add(1)
	return nil
}

// A journal is a log that tests read.
type journal struct {
	mu   sync.Mutex
	text strings.Builder
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) has(text string) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return strings.Contains(j.text.String(), text)
}

func (j *journal) logger() *slog.Logger { return slog.New(slog.NewTextHandler(j, nil)) }

// noContext is nil, which every method refuses.
var noContext context.Context

var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

func (f *factory) options() live.Options[*resource] {
	return live.Options[*resource]{Name: "resource", Load: f.load, Close: f.close, Logger: quiet}
}

func (f *factory) open(t testing.TB) *live.Value[*resource] { return open(t, f.options()) }

func open[T any](t testing.TB, o live.Options[T]) *live.Value[T] {
	t.Helper()
	v, err := live.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func soon(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// brief is a Context that ends before what is waited for happens.
func brief(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	t.Cleanup(cancel)
	return ctx
}

func shutdown[T any](t testing.TB, v *live.Value[T]) {
	t.Helper()
	if err := v.Shutdown(soon(t)); err != nil {
		t.Error(err)
	}
}

// panics returns what f panics with.
func panics(f func()) (text string) {
	defer func() {
		if r := recover(); r != nil {
			text = fmt.Sprint(r)
		}
	}()
	f()
	return "no panic"
}

func mustPanic(t *testing.T, with string, f func()) {
	t.Helper()
	if said := panics(f); !strings.Contains(said, with) {
		t.Errorf("%q, want a panic with %q", said, with)
	}
}

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
	if err := v.Drain(soon(t)); err != nil {
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

// A thousand Reloads at once, while a Load runs, share the next one.
func TestReloadsAreShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f factory
		v := f.open(t)
		f.slow.Store(int64(time.Second))
		reload := func() {
			if err := v.Reload(t.Context()); err != nil {
				t.Error(err)
			}
		}
		go reload()
		synctest.Wait()
		var group sync.WaitGroup
		for range 1000 {
			group.Go(reload)
		}
		group.Wait()
		if n := f.opened.Load(); n != 3 {
			t.Errorf("%d Loads, want the first, the one that ran and the one that was shared", n)
		}
		shutdown(t, v)
	})
}

// What a Load or Close may do wrong is an error, and leaves the present value.
func TestFailures(t *testing.T) {
	var f factory
	v := f.open(t)
	bad := errors.New("bad file")
	f.fail.Store(&bad)
	if err := v.Reload(t.Context()); !errors.Is(err, bad) || !strings.Contains(err.Error(), `"resource"`) {
		t.Error(err)
	}
	var own *live.Error
	if err := v.Reload(t.Context()); errors.As(err, &own) {
		t.Errorf("a Load's error is the package's: %v", err)
	}
	if err := v.Do((*resource).use); err != nil {
		t.Error(err)
	}
	if s := v.Status(); s.Generation != 1 || !errors.Is(s.Err, bad) || s.Loads != 3 || s.Failures != 2 {
		t.Errorf("%+v", s)
	}
	before := v.Status().LastSuccess
	unchanged := live.ErrUnchanged
	f.fail.Store(&unchanged)
	if err := v.Reload(t.Context()); err != nil {
		t.Error(err)
	}
	if s := v.Status(); s.Generation != 1 || s.Err != nil || s.Loads != 4 || s.Failures != 2 || !s.LastSuccess.After(before) {
		t.Errorf("after ErrUnchanged: %+v", s)
	}
	shutdown(t, v)

	o := f.options()
	if _, err := live.Open(t.Context(), o); !errors.Is(err, live.ErrUnchanged) {
		t.Errorf("a first Load that finds nothing new: %v", err)
	}
	o.Load = func(context.Context) (*resource, error) { panic("corrupt") }
	if _, err := live.Open(t.Context(), o); err == nil || !strings.Contains(err.Error(), "Load has panicked: corrupt") || !strings.Contains(err.Error(), "TestFailures") {
		t.Error(err)
	}
	o.Load = func(context.Context) (*resource, error) { panic(io.ErrUnexpectedEOF) }
	if _, err := live.Open(t.Context(), o); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Error(err)
	}
	o.Load = func(context.Context) (*resource, error) { runtime.Goexit(); return nil, nil }
	if _, err := live.Open(t.Context(), o); err == nil || !strings.Contains(err.Error(), "Goexit") {
		t.Error(err)
	}
}

// A Load that panics or exits leaves the next one to run.
func TestLoadAfterABadOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f factory
		o := f.options()
		var way atomic.Int32
		o.Load = func(ctx context.Context) (*resource, error) {
			switch way.Load() {
			case 1:
				time.Sleep(time.Second)
				panic("bad")
			case 2:
				time.Sleep(time.Second)
				runtime.Goexit()
			}
			return f.load(ctx)
		}
		v := open(t, o)
		for i := range int32(2) {
			way.Store(i + 1)
			first := make(chan error, 1)
			go func() { first <- v.Reload(t.Context()) }()
			synctest.Wait()
			second := make(chan error, 1)
			go func() { second <- v.Reload(t.Context()) }()
			synctest.Wait()
			way.Store(0)
			if <-first == nil {
				t.Error("a bad Load went well")
			}
			if err := <-second; err != nil {
				t.Error(err)
			}
		}
		shutdown(t, v)
	})
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
	free := live.New(a, live.Options[*resource]{Name: "free"}) // nothing closes it
	if err := free.Store(a); err != nil {
		t.Error(err)
	}
	shutdown(t, free)
}

func TestErrorsOfClose(t *testing.T) {
	var f factory
	o := f.options()
	o.Close = func(r *resource) error { return fmt.Errorf("disk %d is gone", r.n) }
	v := open(t, o)
	for range 20 {
		if err := v.Reload(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	err := v.Shutdown(soon(t))
	if err == nil || !strings.Contains(err.Error(), "disk 1 is gone") || strings.Count(err.Error(), "is gone") != 16 {
		t.Error(err)
	}
	if n := v.Status().CloseFailures; n != 21 {
		t.Errorf("%d failures", n)
	}
	if again := v.Shutdown(soon(t)); again == nil || again.Error() != err.Error() {
		t.Errorf("again: %v", again)
	}
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
	for v.Status().Generation < 50 { // each Close replaces the value, which is closed then
		runtime.Gosched()
	}
	done := make(chan error)
	go func() { done <- v.Shutdown(context.WithoutCancel(t.Context())) }()
	// A Close after that has its next value refused, and closed, in a
	// chain.
	if err := <-done; err != nil {
		t.Error(err)
	}
	if n := closed.Load(); n < 50 {
		t.Error(n)
	}
}

// What nothing waits for is given up: the Load's Context ends.
func TestReloadsThatGiveUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f factory
		v := f.open(t)
		f.slow.Store(int64(time.Hour))
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		var own *live.Error
		if err := v.Reload(short); !errors.Is(err, context.DeadlineExceeded) || !errors.As(err, &own) {
			t.Error(err)
		}
		synctest.Wait()
		if !v.Status().Loading.IsZero() {
			t.Error("a Load that nothing waits for goes on")
		}

		// One waiter is enough to keep it.
		short, cancel = context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		long := make(chan error, 1)
		f.slow.Store(int64(time.Minute))
		go func() { long <- v.Reload(t.Context()) }()
		synctest.Wait()
		if err := v.Reload(short); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		if err := <-long; err != nil {
			t.Error(err)
		}

		// A Close ends the Load that runs, and the one that is due.
		f.slow.Store(int64(time.Hour))
		results := make(chan error, 2)
		for range 2 {
			go func() { results <- v.Reload(t.Context()) }()
			synctest.Wait()
		}
		shutdown(t, v)
		for range 2 {
			if err := <-results; err == nil {
				t.Error("a Reload went well during Shutdown")
			}
		}
		if err := v.Reload(t.Context()); !errors.Is(err, live.ErrClosed) {
			t.Error(err)
		}
	})
}

// A Load that pays no regard to its Context brings its value too late: it is
// closed.
func TestALoadThatIsLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f factory
		o := f.options()
		o.Load = func(context.Context) (*resource, error) {
			time.Sleep(time.Minute)
			return f.load(t.Context())
		}
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := live.Open(short, o); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		time.Sleep(time.Hour)
		if f.opened.Load() != 1 || f.closed.Load() != 1 {
			t.Error(f.opened.Load(), f.closed.Load())
		}
	})
}

func TestMaxOld(t *testing.T) {
	var f factory
	var j journal
	o := f.options()
	o.MaxOld, o.Trace, o.Warn, o.Logger = 1, true, 5*time.Millisecond, j.logger()
	v := open(t, o)
	l, err := v.Acquire()
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	err = v.Reload(brief(t))
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "generation 1") || !strings.Contains(err.Error(), "live_test.TestMaxOld") || f.opened.Load() != 2 {
		t.Error(err, f.opened.Load())
	}
	due := make(chan error, 1)
	go func() { due <- v.Reload(t.Context()) }()
	litmus.Eventually(t, "the Load is held, and that is logged", func() bool {
		return v.Status().Held && j.has("MaxOld is 1") && j.has("still in use")
	})
	if s := v.Status(); s.OldCount != 1 || s.Old[0].Users != 1 || len(s.Old[0].Acquired) != 1 || s.Loading.IsZero() {
		t.Errorf("%+v", s)
	}
	if err := v.Store(&resource{n: 9}); err != nil { // it pays no regard to MaxOld
		t.Error(err)
	}
	l.Release()
	if err := <-due; err != nil {
		t.Error(err)
	}
	if s := v.Status(); s.Held {
		t.Errorf("%+v", s)
	}
	shutdown(t, v)
}

// Kinds of T that are unlike pointers.
func TestKinds(t *testing.T) {
	empty := open(t, live.Options[struct{}]{Name: "struct{}", Load: func(context.Context) (struct{}, error) { return struct{}{}, nil }})
	if empty.Do(func(struct{}) error { return nil }) != nil || empty.Reload(t.Context()) != nil {
		t.Error("struct{}")
	}
	shutdown(t, empty)

	closed := 0
	reader := live.New(io.NopCloser(strings.NewReader("x")), live.Options[io.ReadCloser]{Name: "interface", Close: func(r io.ReadCloser) error {
		closed++
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
	if closed != 3 {
		t.Errorf("%d closed", closed)
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
	if err := same.Store(new(struct{})); err != nil { // which may have the address of the first
		t.Error(err)
	}
	shutdown(t, same)
}

// A use may end in any way.
func TestUsesThatDoNotReturn(t *testing.T) {
	var f factory
	v := f.open(t)
	mustPanic(t, "in use", func() { _ = v.Do(func(*resource) error { panic("in use") }) })
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
		if err := do(); !errors.Is(err, live.ErrClosed) || !errors.As(err, &own) || own.Name != "resource" || err.Error() != `live: "resource": closed` {
			t.Errorf("%s: %v", name, err)
		}
	}
	litmus.Eventually(t, "what was stored is closed", func() bool { return f.closed.Load() == 1 })
	if err := v.Shutdown(brief(t)); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "generation 1") {
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
		t.Errorf("%+v", s)
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
		if err := v.Drain(brief(t)); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "has 1 user") {
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

func TestMisuse(t *testing.T) {
	var f factory
	change := func(change func(*live.Options[*resource])) func() {
		return func() {
			o := f.options()
			change(&o)
			_, _ = live.Open(t.Context(), o)
		}
	}
	mustPanic(t, "without Options.Load", change(func(o *live.Options[*resource]) { o.Load = nil }))
	mustPanic(t, "without Options.Name", change(func(o *live.Options[*resource]) { o.Name = "" }))
	mustPanic(t, "MaxOld -1", change(func(o *live.Options[*resource]) { o.MaxOld = -1 }))
	mustPanic(t, "nil Trigger", change(func(o *live.Options[*resource]) { o.ReloadOn = []live.Trigger{nil} }))
	mustPanic(t, "nil Context", func() { _, _ = live.Open(noContext, f.options()) })
	mustPanic(t, "ReloadOn, but without", func() {
		live.New(1, live.Options[int]{Name: "x", ReloadOn: []live.Trigger{live.Every(1)}})
	})
	stored := live.New(1, live.Options[int]{Name: "stored"})
	mustPanic(t, "no Load", func() { _ = stored.Reload(t.Context()) })
	mustPanic(t, "nil Context", func() { _ = stored.Drain(noContext) })
	mustPanic(t, "nil Context", func() { _ = stored.Shutdown(noContext) })
	shutdown(t, stored)

	// In Load and Close; the panic of a Load is an error.
	var v *live.Value[*resource]
	o := f.options()
	started := false
	o.Load = func(ctx context.Context) (*resource, error) {
		if started {
			mustPanic(t, "Reload", func() { _ = v.Reload(ctx) })
			mustPanic(t, "Drain", func() { _ = v.Drain(ctx) })
			mustPanic(t, "Shutdown", func() { _ = v.Shutdown(ctx) })
		}
		return f.load(ctx)
	}
	o.Close = func(r *resource) error {
		mustPanic(t, "Reload", func() { _ = v.Reload(t.Context()) })
		mustPanic(t, "Drain", func() { _ = v.Drain(t.Context()) })
		mustPanic(t, "Shutdown", func() { _ = v.Shutdown(t.Context()) })
		return f.close(r)
	}
	v = open(t, o)
	started = true
	if err := v.Reload(t.Context()); err != nil {
		t.Error(err)
	}
	if err := v.Drain(soon(t)); err != nil {
		t.Error(err)
	}
	shutdown(t, v)
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
				mustPanic(t, "inside its own Do", func() { _ = v.Drain(t.Context()) })
				mustPanic(t, "inside its own Do", func() { _ = v.Shutdown(t.Context()) })
				return nil
			}
			_ = v.Reload(t.Context())
			//hazptrvet:ignore the error says so
			if err := v.Drain(brief(t)); err == nil || !strings.Contains(err.Error(), "inside a Do") {
				t.Error(err)
			}
			err := v.Shutdown(brief(t)) //hazptrvet:ignore the error says so
			return errors.Join(r.use(), err)
		})
		if !check.Enabled && (!errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "inside a Do") || strings.Contains(err.Error(), "TestWaitingInside") != trace) {
			t.Error(err)
		}
		shutdown(t, v)
	}
}

// In a bubble of testing/synctest a Value works; outside of its own it panics.
func TestBubbles(t *testing.T) {
	var v *live.Value[*resource]
	synctest.Test(t, func(t *testing.T) {
		var f factory
		o := f.options()
		o.ReloadOn = []live.Trigger{live.Every(time.Hour)}
		v = open(t, o)
		time.Sleep(24*time.Hour + time.Minute)
		synctest.Wait()
		if g := v.Status().Generation; g != 25 {
			t.Error(g)
		}
		shutdown(t, v)
		if f.closed.Load() != 25 {
			t.Error(f.closed.Load())
		}
	})
	outside := func() {
		mustPanic(t, "bubble", func() { _ = v.Store(nil) })
		mustPanic(t, "bubble", func() { _ = v.Reload(t.Context()) })
		mustPanic(t, "bubble", func() { _ = v.Drain(t.Context()) })
		mustPanic(t, "bubble", func() { _ = v.Shutdown(t.Context()) })
		mustPanic(t, "bubble", func() { _ = v.Close() })
	}
	outside()
	synctest.Test(t, func(*testing.T) { outside() })
}

func TestLogs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f factory
		var j journal
		o := f.options()
		o.Logger, o.Warn = j.logger(), time.Second
		v := open(t, o)
		f.slow.Store(int64(10 * time.Second))
		if err := v.Reload(t.Context()); err != nil {
			t.Error(err)
		}
		if !j.has("Load has not returned") || !j.has("for=8s") || j.has("for=16s") {
			t.Error(j.text.String())
		}
		bad := errors.New("bad file")
		f.fail.Store(&bad)
		_ = v.Reload(t.Context())
		if !j.has("a reload has failed, the present value stays") || !j.has("bad file") {
			t.Error(j.text.String())
		}
		shutdown(t, v)
	})
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

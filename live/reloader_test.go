package live_test

import (
	"context"
	"errors"
	"io"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"hazptr/internal/litmus"
	"hazptr/live"
)

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
		t.Errorf("%#v", s)
	}
	before := v.Status().LastSuccess
	unchanged := live.ErrUnchanged
	f.fail.Store(&unchanged)
	if err := v.Reload(t.Context()); err != nil {
		t.Error(err)
	}
	if s := v.Status(); s.Generation != 1 || s.Err != nil || s.Loads != 4 || s.Failures != 2 || !s.LastSuccess.After(before) {
		t.Errorf("after ErrUnchanged: %#v", s)
	}
	shutdown(t, v)

	o := f.options()
	if _, err := live.Open(t.Context(), o); !errors.Is(err, live.ErrUnchanged) {
		t.Errorf("a first Load that finds nothing new: %v", err)
	}
	var j litmus.Journal
	o.Logger = j.Logger()
	o.Load = func(context.Context) (*resource, error) { panic("corrupt") }
	if _, err := live.Open(t.Context(), o); err == nil || err.Error() != `live: Load of "resource": Load has panicked: corrupt` {
		t.Error(err)
	}
	if log := j.String(); !strings.Contains(log, `msg="live: Load has panicked" name=resource`) || !regexp.MustCompile("stack=.*TestFailures").MatchString(log) {
		t.Error(log)
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

// A reload that fails is logged, whatever the error: a trigger's is heard by
// nothing else.
func TestReloadsThatFailAreLogged(t *testing.T) {
	var f factory
	var j litmus.Journal
	x := new(resource)
	done := make(chan error, 1)
	v := open(t, live.Options[*resource]{Name: "logged", Logger: j.Logger(), Close: f.close,
		Load: func(context.Context) (*resource, error) { return x, nil },
		ReloadOn: []live.Trigger{func(ctx context.Context, reload func(context.Context) error) {
			done <- reload(ctx)
			<-ctx.Done()
		}},
	})
	if err := <-done; err == nil {
		t.Error("a value that is there was loaded")
	}
	litmus.Eventually(t, "it is logged", func() bool { return j.Has("would be closed twice") })
	shutdown(t, v)
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

// The last waiter to give up cancels the Load, which may end before the waiter
// returns. The waiter is told why it has given up all the same. Under the race
// detector the Load ends soon enough for that.
func TestGivesUpWithItsOwnError(t *testing.T) {
	why := errors.New("given up")
	var giveUp context.CancelCauseFunc
	v := live.NewPlain(1, live.PlainOptions[int]{Name: "number", Logger: quiet, Load: func(ctx context.Context) (int, error) {
		giveUp(why)
		<-ctx.Done()
		return 0, ctx.Err()
	}})
	defer v.Close()
	for range 20_000 {
		ctx, cancel := context.WithCancelCause(t.Context())
		giveUp = cancel
		err := v.Reload(ctx)
		cancel(nil)
		if !errors.Is(err, why) {
			t.Fatal(err)
		}
	}
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

// An error of what waits for a Load names what that is.
func TestWaitsForALoadThatGiveUp(t *testing.T) {
	goOn := make(chan struct{})
	load := func(context.Context) (int, error) { <-goOn; return 1, nil }
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	v := live.New(1, live.Options[int]{Name: "slow", Load: load})
	plain := live.NewPlain(1, live.PlainOptions[int]{Name: "slow", Load: load})
	for want, wait := range map[string]func() error{
		"Open: the Load": func() error { _, err := live.Open(ended, live.Options[int]{Name: "slow", Load: load}); return err },
		"OpenPlain: the Load": func() error {
			_, err := live.OpenPlain(ended, live.PlainOptions[int]{Name: "slow", Load: load})
			return err
		},
		"Reload: the Load":  func() error { return v.Reload(ended) },
		"Reload: the Load ": func() error { return plain.Reload(ended) },
	} {
		if err := wait(); !errors.Is(err, context.Canceled) || !strings.HasPrefix(err.Error(), `live: "slow": `+want) {
			t.Errorf("%v, want %q in it", err, want)
		}
	}
	close(goOn)
	shutdown(t, v)
	closePlain(t, plain)
}

// A trigger that asks at once has another Load than Open.
func TestOpenBesideATrigger(t *testing.T) {
	for range 1000 {
		var loads atomic.Int64
		v, err := live.Open(t.Context(), live.Options[int64]{Name: "first", Logger: quiet,
			Load: func(context.Context) (int64, error) {
				if n := loads.Add(1); n == 1 {
					return n, nil
				}
				return 0, errors.New("the second")
			},
			ReloadOn: []live.Trigger{func(ctx context.Context, reload func(context.Context) error) {
				_ = reload(ctx)
				<-ctx.Done()
			}},
		})
		if err != nil {
			t.Fatal(err)
		}
		shutdown(t, v)
	}
}

package live_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"hazptr/internal/litmus"
	"hazptr/live"
)

func TestErrorsOfClose(t *testing.T) {
	var f factory
	o := f.options()
	o.Close = func(r *resource) error { return fmt.Errorf("disk %d is gone", r.n) }
	v := open(t, o)
	for range 20 {
		if err := v.Reload(t.Context()); err != nil {
			t.Fatal(err)
		}
		// Several are closed at a time: the first one must come before them.
		litmus.Eventually(t, "the first is closed", func() bool { return v.Status().CloseFailures > 0 })
	}
	err := v.Shutdown(litmus.Context(t))
	if err == nil || !strings.Contains(err.Error(), "disk 1 is gone") || strings.Count(err.Error(), "is gone") != 16 {
		t.Error(err)
	}
	if n := v.Status().CloseFailures; n != 21 {
		t.Errorf("%d failures", n)
	}
	if again := v.Shutdown(litmus.Context(t)); again == nil || again.Error() != err.Error() {
		t.Errorf("again: %v", again)
	}
}

// A statusError asks its Value when it is printed.
type statusError struct{ v **live.Value[int] }

func (e statusError) Error() string { return fmt.Sprint("at generation ", (*e.v).Status().Generation) }

// A nosyKey asks its pool when it is printed.
type nosyKey struct{ p **live.Pool[nosyKey, int] }

func (k nosyKey) String() string { (*k.p).Drop(k); return "key" }

// What is the user's is asked for its text without a lock.
func TestTextsThatAskBack(t *testing.T) {
	var v *live.Value[int]
	v = live.New(1, live.Options[int]{Name: "asked", Logger: quiet, Load: func(context.Context) (int, error) { return 0, statusError{&v} }})
	if err := v.Reload(litmus.Context(t)); err == nil || !strings.Contains(err.Error(), "at generation 1") {
		t.Error(err)
	}
	shutdown(t, v)
	p := live.NewPool(live.PoolOptions[nosyKey, int]{Name: "asked", Logger: quiet, Open: func(ctx context.Context, _ nosyKey) (int, error) {
		<-ctx.Done()
		return 0, ctx.Err()
	}})
	if err := p.Do(litmus.Brief(t), nosyKey{&p}, nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	shutdownPool(t, p)
}

package live_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"hazptr/internal/litmus"
	"hazptr/live"
)

// A tally counts Loads. They fail while told to.
type tally struct {
	loads atomic.Int64
	fail  atomic.Bool
}

func (n *tally) load(context.Context) (int64, error) {
	loads := n.loads.Add(1)
	if n.fail.Load() {
		return 0, errors.New("no")
	}
	return loads, nil
}

// open returns at half a poll's time, so that after never ends at a poll.
func (n *tally) open(t *testing.T, j *litmus.Journal, on ...live.Trigger) *live.Plain[int64] {
	t.Helper()
	defer time.Sleep(poll / 2)
	v, err := live.OpenPlain(t.Context(), live.PlainOptions[int64]{Name: "tally", Load: n.load, ReloadOn: on, Warn: time.Minute, Logger: j.Logger()})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// after lets so many polls pass, and returns how many Loads there have been.
func (n *tally) after(polls int) int64 {
	time.Sleep(time.Duration(polls) * poll)
	synctest.Wait()
	return n.loads.Load()
}

const poll = time.Second

// A Trigger that returns, or exits its goroutine, is told of.
func TestTriggersThatEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n tally
		var j litmus.Journal
		v := n.open(t, &j, live.Every(time.Hour), func(context.Context, func(context.Context) error) {})
		synctest.Wait()
		if p := v.Status().Problems; len(p) != 1 || !j.Has("trigger 1 of ReloadOn has returned") {
			t.Errorf("%q", p)
		}
		closePlain(t, v)
	})
}

// A Trigger that fires while the Value is closed has an error.
func TestTriggerBesideClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n tally
		late := make(chan error, 1)
		v := n.open(t, new(litmus.Journal), func(ctx context.Context, reload func(context.Context) error) {
			<-ctx.Done()
			late <- reload(context.WithoutCancel(ctx))
		})
		closePlain(t, v)
		if err := <-late; !errors.Is(err, live.ErrClosed) {
			t.Error(err)
		}
		if n.loads.Load() != 1 {
			t.Error("a Load after Shutdown")
		}
	})
}

func TestTriggersMisused(t *testing.T) {
	litmus.MustPanic(t, "Every(0s)", func() { live.Every(0) })
	litmus.MustPanic(t, "Changed(0s)", func() { live.Changed(0, "x") })
	litmus.MustPanic(t, "of 0 paths", func() { live.Changed(time.Second) })
	litmus.MustPanic(t, `Changed(1s) of ["x" ""], of which path 2 is empty`, func() { live.Changed(time.Second, "x", "") })
	litmus.MustPanic(t, "without a signal", func() { live.Signal() })
}

package contest

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hazptr/tools/internal/latency"
)

func work(w Worker) Worker {
	for w.More() {
		runtime.Gosched()
		w.Lap()
	}
	return w
}

func TestRound(t *testing.T) {
	census := NewCensus("things")
	var present *Life
	replace := func() {
		if present != nil {
			present.End(func() error { return nil })
		}
		present = &Life{}
		present.Begin(census, 5)
	}
	replace()
	ended := 0
	f, err := Round{
		Workers: 3, Together: 2, Rate: 1000, Duration: 50 * time.Millisecond, Census: census, Work: work,
		Change: func(context.Context, int) (time.Duration, error) {
			present.Replaced = time.Now()
			replace()
			return time.Millisecond, nil
		},
		End: func(context.Context) error {
			ended++
			present.End(func() error { return nil })
			return nil
		},
	}.Play(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if n := f.Changes.Count(); n == 0 || n > 50 || f.Outlived.Count() != n || f.Changes.Worst() != time.Millisecond {
		t.Errorf("%d changes, %d outlived, worst %v", n, f.Outlived.Count(), f.Changes.Worst())
	}
	if ended != 1 || f.Most != 1 || f.MostBytes != 5 || f.Done == 0 || f.Times.Count() < f.Done/2-3 || f.Elapsed < 50*time.Millisecond || f.PerSecond() <= 0 {
		t.Errorf("ended %d times, %+v", ended, f)
	}
}

func TestRoundWithoutChanges(t *testing.T) {
	f, err := Round{Workers: 1, Duration: 10 * time.Millisecond, Work: work, End: func(context.Context) error { return nil }}.Play(t.Context())
	if err != nil || f.Changes.Count() != 0 || f.Done == 0 {
		t.Errorf("%+v, %v", f, err)
	}
}

// A round that fails ends early, and its End is called, with time to end.
func TestRoundFails(t *testing.T) {
	wrong := errors.New("all wrong")
	interrupted, cancel := context.WithCancel(t.Context())
	cancel()
	var ended atomic.Int32
	end := func(ctx context.Context) error {
		ended.Add(1)
		return ctx.Err()
	}
	census := NewCensus("things")
	new(Life).Begin(census, 0)
	for name, test := range map[string]struct {
		ctx   context.Context
		round Round
		want  string
	}{
		"worker":      {t.Context(), Round{Work: func(w Worker) Worker { w.Fail(wrong); return w }, End: end}, "all wrong"},
		"change":      {t.Context(), Round{Work: work, Rate: 100, Change: func(context.Context, int) (time.Duration, error) { return 0, wrong }, End: end}, "all wrong"},
		"end":         {t.Context(), Round{Work: work, Duration: time.Millisecond, End: func(context.Context) error { ended.Add(1); return wrong }}, "all wrong"},
		"left":        {t.Context(), Round{Work: work, Duration: time.Millisecond, Census: census, End: end}, "1 things are left at the end"},
		"interrupted": {interrupted, Round{Work: work, End: end}, context.Canceled.Error()},
	} {
		test.round.Workers = 2
		if test.round.Duration == 0 {
			test.round.Duration = time.Hour
		}
		ended.Store(0)
		if _, err := test.round.Play(test.ctx); err == nil || !strings.Contains(err.Error(), test.want) || ended.Load() != 1 {
			t.Errorf("%s: error %v, ended %d times", name, err, ended.Load())
		}
	}
}

func TestWorker(t *testing.T) {
	var stop atomic.Bool
	for together, want := range map[int64]int64{0: 10, 1: 10, 4: 2} {
		w := Worker{stop: &stop, together: together, latency: latency.NewHistogram()}
		for range 10 {
			w.Lap()
		}
		if w.done != 10 || w.latency.Count() != want {
			t.Errorf("%d together: %d done, %d timed", together, w.done, w.latency.Count())
		}
	}
	w := Worker{stop: &stop}
	if !w.More() {
		t.Error("a worker stops before it is told to")
	}
	if stop.Store(true); w.More() {
		t.Error("a worker goes on")
	}
}

package contest

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"hazptr/tools/internal/latency"
)

// A Round has workers work while what they share is changed again and again.
type Round struct {
	Workers  int
	Together int64 // how many laps are timed at once
	Rate     int   // changes per second
	Duration time.Duration
	Census   *Census // of what is replaced, if it is

	// Work works until w.More is false, and returns w. Many goroutines call it.
	Work func(w Worker) Worker

	// Change makes the nth change, from 1 on, and returns how long it kept the
	// updater waiting.
	Change func(ctx context.Context, n int) (time.Duration, error)

	// End is called when all have worked, after an interrupt too.
	End func(ctx context.Context) error
}

// Found is what one round found.
type Found struct {
	Elapsed   time.Duration
	Done      int64
	Times     *latency.Histogram // of as many as are timed at once
	Changes   *latency.Histogram
	Outlived  *latency.Histogram // from replaced to ended
	Most      int                // objects alive at once
	MostBytes int64
}

// PerSecond returns how much was done in a second.
func (f *Found) PerSecond() float64 { return float64(f.Done) / f.Elapsed.Seconds() }

// endTimeout is how long it may take to end the last objects when all work is
// done.
const endTimeout = 30 * time.Second

// Play plays the round, for its duration or until something is wrong.
func (r Round) Play(ctx context.Context) (*Found, error) {
	runtime.GC() // every round begins with the same garbage: none
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var stop atomic.Bool
	fail := func(err error) {
		cancel(err)
		stop.Store(true)
	}
	workers := make([]Worker, r.Workers)
	var group sync.WaitGroup
	began := time.Now()
	for i := range workers {
		group.Go(func() {
			workers[i] = r.Work(Worker{
				Number: i, Context: ctx, Fail: fail, stop: &stop, together: r.Together,
				latency: latency.NewHistogram(), began: time.Now(),
			})
		})
	}
	changes, err := r.change(ctx)
	stop.Store(true)
	group.Wait()
	elapsed := time.Since(began)
	if cause := context.Cause(ctx); cause != nil {
		err = cause // a worker's error makes the updater's
	}

	// The end comes after an interrupt too, so it has its own time.
	endCtx, cancelEnd := context.WithTimeout(context.WithoutCancel(ctx), endTimeout)
	defer cancelEnd()
	err = errors.Join(err, r.End(endCtx))
	f := &Found{Elapsed: elapsed, Times: latency.NewHistogram(), Changes: changes, Outlived: latency.NewHistogram()}
	if c := r.Census; c != nil {
		err = errors.Join(err, c.Err())
		f.Outlived, f.Most, f.MostBytes = c.outlived, c.most, c.mostBytes
	}
	if err != nil {
		return nil, err
	}
	for i := range workers {
		f.Done += workers[i].done
		f.Times.Merge(workers[i].latency)
	}
	return f, nil
}

// change makes changes until the duration has passed, and returns how long each
// of them kept the updater waiting.
func (r Round) change(ctx context.Context) (*latency.Histogram, error) {
	changes := latency.NewHistogram()
	began := time.Now()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for n := 1; ; n++ {
		// Workers keep all processors busy, so the timer comes late. What was
		// missed is made up for at once: a way with fewer changes would have
		// less to do after them, and win by it. The first comes after half the
		// time.
		due := r.Duration
		if r.Rate > 0 {
			due = min(time.Duration(2*n-1)*time.Second/time.Duration(2*r.Rate), r.Duration)
		}
		if wait := due - time.Since(began); wait > 0 {
			timer.Reset(wait)
			select {
			case <-ctx.Done():
			case <-timer.C:
			}
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if time.Since(began) >= r.Duration {
			return changes, nil
		}
		took, err := r.Change(ctx, n)
		if err != nil {
			return nil, err
		}
		changes.Record(took)
	}
}

// A Worker counts and times what one goroutine does. What a load adds to it
// stands before it in a struct of the load's own, so that the padding is last.
type Worker struct {
	Number  int
	Context context.Context // ends with the round
	Fail    func(error)     // ends the round

	stop     *atomic.Bool
	together int64

	done    int64
	began   time.Time
	lapped  time.Duration // since began
	latency *latency.Histogram

	_ [128]byte // each lap writes to the fields above
}

// More reports whether the worker is to go on.
func (w *Worker) More() bool { return !w.stop.Load() }

// Lap ends what is counted. As many as are timed together are timed from the
// end of those before: nothing that holds a worker up is missed, and the clock
// is read once for all of them.
func (w *Worker) Lap() {
	w.done++
	if w.together > 1 && w.done%w.together != 0 {
		return
	}
	now := time.Since(w.began)
	w.latency.Record(now - w.lapped)
	w.lapped = now
}

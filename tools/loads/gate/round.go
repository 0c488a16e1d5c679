package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"hazptr/tools/loads/internal/latency"
)

// figures are what one round found.
type figures struct {
	elapsed time.Duration
	done    int64
	ios     *latency.Histogram
	freezes *latency.Histogram // until nobody was inside
}

func (f *figures) perSecond() float64 { return float64(f.done) / f.elapsed.Seconds() }

// A trial is what all rounds have in common.
type trial struct {
	folder  string
	workers int
	freezes int // per second
}

const blocksEach = 128 // of a worker

// freezeTimeout is how long a freeze may take: an I/O takes microseconds.
const freezeTimeout = 30 * time.Second

// round has workers do I/O while the queue is frozen and changed, for the duration.
func (t *trial) round(ctx context.Context, m method, k kind, duration time.Duration) (f *figures, err error) {
	runtime.GC() // every round begins with the same garbage: none
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)

	folder, err := os.MkdirTemp(t.folder, "round-*")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	q, err := newQueue(folder, t.workers*blocksEach, k.size())
	if err != nil {
		return nil, err
	}
	way := m.begin()
	var stop atomic.Bool
	workers := make([]*worker, t.workers)
	var group sync.WaitGroup
	began := time.Now()
	for i := range workers {
		workers[i] = &worker{ctx: ctx, stop: &stop, queue: q, kind: k, number: i, of: t.workers, fail: func(err error) {
			cancel(err)
			stop.Store(true)
		}}
		group.Go(func() {
			workers[i].start()
			way.work(workers[i])
		})
	}
	freezes, err := t.own(ctx, way, q, duration)
	stop.Store(true)
	group.Wait()
	elapsed := time.Since(began)
	if cause := context.Cause(ctx); cause != nil {
		err = cause // an I/O's error makes the owner's
	}
	if err = errors.Join(err, q.file.Close()); err != nil {
		return nil, err
	}
	if err := q.verify(); err != nil {
		return nil, err
	}
	f = &figures{elapsed: elapsed, ios: latency.NewHistogram(), freezes: freezes}
	for _, w := range workers {
		f.done += w.done
		f.ios.Merge(w.latency)
	}
	return f, nil
}

// own freezes the queue and changes it until the duration has passed.
func (t *trial) own(ctx context.Context, way way, q *queue, duration time.Duration) (*latency.Histogram, error) {
	freezes := latency.NewHistogram()
	began := time.Now()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for n := 1; ; n++ {
		// Workers keep all processors busy, so the timer comes late. What was missed is made up for at once.
		due := duration
		if t.freezes > 0 {
			due = min(time.Duration(n)*time.Second/time.Duration(t.freezes), duration)
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
		if time.Since(began) >= duration {
			return freezes, nil
		}
		begun := time.Now()
		if err := freeze(ctx, way); err != nil {
			return nil, fmt.Errorf("freeze %d: %w", n, err)
		}
		freezes.Record(time.Since(begun))
		err := q.change()
		way.thaw()
		if err != nil {
			return nil, err
		}
	}
}

func freeze(ctx context.Context, way way) error {
	ctx, cancel := context.WithTimeout(ctx, freezeTimeout)
	defer cancel()
	return way.freeze(ctx)
}

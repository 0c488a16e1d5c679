package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"hazptr/tools/loads/internal/latency"
)

// A trial is what all rounds have in common.
type trial struct {
	editions  []edition
	questions []question
	readers   int
	reloads   int // per second
	http      bool
}

// figures are what one round found.
type figures struct {
	elapsed   time.Duration
	lookups   *latency.Histogram
	reloads   *latency.Histogram
	outlived  *latency.Histogram // from replaced to unmapped
	most      int                // mappings alive at once
	mostBytes int64
	findings  [findingCount]int64
}

func (f *figures) perSecond() float64 { return float64(f.lookups.Count()) / f.elapsed.Seconds() }

// endTimeout is how long a way may take to unmap the last databases when nobody reads any more.
const endTimeout = 30 * time.Second

// round lets readers read while databases are replaced, for the duration or until first returns an error for the first finding of a kind.
func (t *trial) round(ctx context.Context, m method, duration time.Duration, first func(finding, string) error) (*figures, error) {
	runtime.GC() // every round begins with the same garbage: none
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)

	census := newCensus()
	database, err := openDatabase(t.editions[0], census)
	if err != nil {
		return nil, err
	}
	way := m.begin(database)
	if t.http {
		if way, err = serve(way); err != nil {
			return nil, err
		}
	}

	var stop atomic.Bool
	found := &findings{first: func(f finding, detail string) {
		if err := first(f, detail); err != nil {
			cancel(err)
		}
	}}
	readers := make([]*reader, t.readers)
	var group sync.WaitGroup
	began := time.Now()
	for i := range readers {
		readers[i] = &reader{stop: &stop, questions: t.questions, findings: found}
		group.Go(func() {
			readers[i].start(i * len(t.questions) / t.readers)
			way.read(readers[i])
		})
	}
	reloads, err := t.update(ctx, way, database, duration)
	stop.Store(true)
	group.Wait()
	elapsed := time.Since(began)

	// The end comes after an interrupt too, so it has its own time.
	endCtx, cancelEnd := context.WithTimeout(context.WithoutCancel(ctx), endTimeout)
	defer cancelEnd()
	if err := errors.Join(err, way.end(endCtx), census.err(), t.nothingLeft(census)); err != nil {
		return nil, err
	}

	f := &figures{
		elapsed: elapsed, lookups: latency.NewHistogram(), reloads: reloads, outlived: census.outlived,
		most: census.most, mostBytes: census.mostBytes,
	}
	for _, r := range readers {
		f.lookups.Merge(r.latency)
	}
	for i := range f.findings {
		f.findings[i] = found.counts[i].Load()
	}
	return f, nil
}

// update replaces the database until the duration has passed. It returns how long each replacement held the updater up, from opening the next one on.
func (t *trial) update(ctx context.Context, way way, present *database, duration time.Duration) (*latency.Histogram, error) {
	reloads := latency.NewHistogram()
	began := time.Now()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for n := 1; ; n++ {
		// Readers keep all processors busy, so the timer comes late. What was missed is made up for at once: a way with fewer reloads would have
		// fewer page faults, and win by it.
		due := min(time.Duration(n)*time.Second/time.Duration(t.reloads), duration)
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
			return reloads, nil
		}

		begun := time.Now()
		next, err := openDatabase(t.editions[n%len(t.editions)], present.census)
		if err != nil {
			return nil, fmt.Errorf("reload %d: %w", n, err)
		}
		present.replaced = time.Now()
		way.replace(next)
		reloads.Record(time.Since(begun))
		present = next
	}
}

// nothingLeft tells when a mapping has outlived its way: by our count, and by the kernel's where it can be asked.
func (t *trial) nothingLeft(c *census) error {
	if n := c.count(); n != 0 {
		return fmt.Errorf("%d mappings are left at the end", n)
	}
	// The collector's cleanups may still be between our count and the unmapping.
	n, ok := mapped(t.editions)
	for deadline := time.Now().Add(time.Second); ok && n > 0 && time.Now().Before(deadline); n, ok = mapped(t.editions) {
		time.Sleep(time.Millisecond)
	}
	if ok && n > 0 {
		return fmt.Errorf("%d mappings are left in the process at the end", n)
	}
	return nil
}

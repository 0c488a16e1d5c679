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
	"hazptr/tools/loads/internal/served"
)

// figures are what one round found.
type figures struct {
	elapsed  time.Duration
	done     int64
	times    *latency.Histogram
	replaced int64
	outlived *latency.Histogram // from replaced to ended
	most     int                // policies alive at once
}

func (f *figures) perSecond() float64 { return float64(f.done) / f.elapsed.Seconds() }

// A trial is what all rounds have in common.
type trial struct {
	site     *site
	editions []automaton
	workers  int
}

// With two editions, one would be followed at its address by another of the same number, since the other is alive meanwhile, and who is late would not notice.
const editionCount = 3

func newTrial(folder string, workers int) (*trial, error) {
	t := &trial{workers: workers}
	for i := range uint64(editionCount) {
		a, err := compile(firstEdition+i, rules(i))
		if err != nil {
			return nil, err
		}
		t.editions = append(t.editions, a)
	}
	var err error
	t.site, err = newSite(folder)
	return t, err
}

const firstEdition = 0x6c61_6265_6c00_0001

// endTimeout is how long a way may take to end the last policies when nobody asks any more.
const endTimeout = 30 * time.Second

// round has workers ask while the policy is replaced so many times a second, for the duration or until something is wrong.
func (t *trial) round(ctx context.Context, m method, k kind, rate int, duration time.Duration) (*figures, error) {
	runtime.GC() // every round begins with the same garbage: none
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	census := newCensus()
	first, err := load(t.editions[0], census)
	if err != nil {
		return nil, err
	}
	way := m.begin(first)
	var stop atomic.Bool
	fail := func(err error) {
		cancel(err)
		stop.Store(true)
	}
	var srv *served.Server[check]
	if k == web {
		if srv, err = startServer(t.site, way, fail); err != nil {
			return nil, errors.Join(err, way.end(ctx))
		}
	}
	workers := make([]*worker, t.workers)
	var group sync.WaitGroup
	began := time.Now()
	for i := range workers {
		w := &worker{stop: &stop, site: t.site, kind: k, fail: fail}
		workers[i] = w
		group.Go(func() {
			w.start(i, t.workers)
			if srv != nil {
				w.request(srv.URL)
				return
			}
			check, leave := way.visit()
			w.ask(check)
			leave()
		})
	}
	replaced, err := t.own(ctx, way, first, rate, duration)
	stop.Store(true)
	group.Wait()
	elapsed := time.Since(began)

	// The end comes after an interrupt too, so it has its own time.
	endCtx, cancelEnd := context.WithTimeout(context.WithoutCancel(ctx), endTimeout)
	defer cancelEnd()
	if srv != nil {
		err = errors.Join(err, srv.End(endCtx))
	}
	if err := errors.Join(err, way.end(endCtx), census.err()); err != nil {
		return nil, err
	}
	if n := census.count(); n != 0 {
		return nil, fmt.Errorf("%d policies are left at the end", n)
	}
	f := &figures{elapsed: elapsed, times: latency.NewHistogram(), replaced: replaced, outlived: census.outlived, most: census.most}
	for _, w := range workers {
		f.done += w.done
		f.times.Merge(w.latency)
	}
	return f, nil
}

// own replaces the policy until the duration has passed, and returns how often it did.
func (t *trial) own(ctx context.Context, way way, present *policy, rate int, duration time.Duration) (int64, error) {
	began := time.Now()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for n := 1; ; n++ {
		// Workers keep all processors busy, so the timer comes late. What was missed is made up for at once.
		due := duration
		if rate > 0 {
			due = min(time.Duration(2*n-1)*time.Second/time.Duration(2*rate), duration) // the first after half the time
		}
		if wait := due - time.Since(began); wait > 0 {
			timer.Reset(wait)
			select {
			case <-ctx.Done():
			case <-timer.C:
			}
		}
		if ctx.Err() != nil {
			return 0, context.Cause(ctx)
		}
		if time.Since(began) >= duration {
			return int64(n - 1), nil
		}
		next, err := load(t.editions[n%len(t.editions)], present.census)
		if err != nil {
			return 0, fmt.Errorf("replacement %d: %w", n, err)
		}
		present.replaced = time.Now()
		way.replace(next)
		present = next
	}
}

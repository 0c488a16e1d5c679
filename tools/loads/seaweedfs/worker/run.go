package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"hazptr/tools/internal/latency"
	"hazptr/tools/loads/seaweedfs/internal/figures"
)

// settle is how long readers read before anything happens, and after.
const settle = 200 * time.Millisecond

var errDone = errors.New("the run is over")

// measure has the volume read while it is vacuumed or written to, and returns
// how many needles were written.
func (w *work) measure(ctx context.Context, v *volume, f *figures.Figures) (written uint64, err error) {
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	var all sync.WaitGroup
	var readers []*reader
	from := time.Now().Add(settle)
	f.Times = latency.NewTimeline(from)
	for range w.Readers {
		r := newReader(w, v, from)
		readers = append(readers, r)
		all.Go(func() { end(r.read(ctx)) })
	}
	sleep(ctx, settle)
	served := make(chan struct{})
	all.Go(func() {
		defer close(served)
		if w.Client == 0 {
			return
		}
		began := time.Now()
		if err := v.stream(w.large(), w.Client, w.SlowRead); err != nil {
			end(err)
		}
		f.Streamed = time.Since(began)
	})
	sleep(ctx, w.Client/10)
	if w.Writes > 0 {
		all.Go(func() {
			var err error
			if written, err = w.write(ctx, v, f); err != nil {
				end(err)
			}
		})
	}
	if !w.NoVacuum && ctx.Err() == nil {
		began := time.Now()
		// Not CommitCompactVolume, which then looks at the file's size without
		// a lock.
		if err := v.store.GetVolume(v.id).CommitCompact(); err != nil {
			end(fmt.Errorf("the vacuum's commit: %w", err))
		}
		f.Commit = time.Since(began)
		f.Kept = unnamed(w.Dir)
	}
	<-served
	sleep(ctx, settle)
	end(errDone)
	all.Wait()
	for _, r := range readers {
		f.Reads.Merge(r.latencies)
		f.Times.Merge(r.times)
	}
	if err := context.Cause(ctx); !errors.Is(err, errDone) {
		return 0, err
	}
	return written, nil
}

// write writes needles until ctx ends, and returns how many.
func (w *work) write(ctx context.Context, v *volume, f *figures.Figures) (n uint64, err error) {
	pace := time.NewTicker(w.Writes)
	defer pace.Stop()
	for {
		select {
		case <-ctx.Done():
			return n, nil
		case <-pace.C:
		}
		began := time.Now()
		if err := v.write(w.written()+n, needleBytes); err != nil {
			return n, err
		}
		f.Writes.Record(time.Since(began))
		n++
	}
}

func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

package main

import (
	"context"
	"math/rand/v2"
	"time"

	"hazptr/tools/internal/latency"
	"hazptr/tools/loads/internal/value"
)

// A reader reads needles that stay, and belongs to one goroutine.
type reader struct {
	*work
	volume    *volume
	from      time.Time // when its reads begin to count
	latencies *latency.Histogram
	times     *latency.Timeline
}

func newReader(w *work, v *volume, from time.Time) *reader {
	return &reader{work: w, volume: v, from: from, latencies: latency.NewHistogram(), times: latency.NewTimeline(from)}
}

// read reads until ctx ends, or returns what was wrong.
func (r *reader) read(ctx context.Context) error {
	for ctx.Err() == nil {
		id := 2 * (1 + rand.Uint64N(r.count()/2))
		began := time.Now()
		data, err := r.volume.read(id)
		ended := time.Now()
		if err != nil {
			return err
		}
		if began.After(r.from) {
			r.latencies.Record(ended.Sub(began))
			r.times.Record(ended, ended.Sub(began))
		}
		if err := value.Verify(data, id, needleBytes); err != nil {
			return err
		}
		time.Sleep(r.Pause)
	}
	return context.Cause(ctx)
}

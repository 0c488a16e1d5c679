package main

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"go.etcd.io/bbolt"

	"hazptr/tools/internal/latency"
)

// A reader reads values, and belongs to one goroutine.
type reader struct {
	db        *bbolt.DB
	latencies *latency.Histogram // of short transactions
	times     *latency.Timeline  // likewise
	stays     int64              // long ones
}

// newReader returns one of a run that began at a time.
func newReader(db *bbolt.DB, run time.Time) *reader {
	return &reader{db: db, latencies: latency.NewHistogram(), times: latency.NewTimeline(run)}
}

// views runs short transactions until ctx ends, or returns what was wrong.
func (r *reader) views(ctx context.Context) error {
	began := time.Now()
	for ctx.Err() == nil {
		if err := r.db.View(readSome); err != nil {
			return err
		}
		now := time.Now()
		r.latencies.Record(now.Sub(began))
		r.times.Record(now, now.Sub(began))
		began = now
	}
	return ctx.Err()
}

// readSome reads the newest value, and one that is drawn.
func readSome(tx *bbolt.Tx) error {
	c, err := contentOf(tx)
	if err != nil {
		return err
	}
	return errors.Join(c.last(), c.get(rand.Uint64N(c.count)))
}

// pause is how long a long transaction does nothing between reads.
const pause = 5 * time.Millisecond

// stay runs long transactions until ctx ends, or returns what was wrong.
func (r *reader) stay(ctx context.Context, hold time.Duration) error {
	for ctx.Err() == nil {
		if err := r.db.View(func(tx *bbolt.Tx) error { return readOn(ctx, tx, hold) }); err != nil {
			return err
		}
		r.stays++
	}
	return ctx.Err()
}

// readOn reads now and then, for as long as the transaction is to stay open.
func readOn(ctx context.Context, tx *bbolt.Tx, hold time.Duration) error {
	over := time.After(hold)
	for {
		if err := readSome(tx); err != nil {
			return err
		}
		select {
		case <-over:
			return readSome(tx)
		case <-ctx.Done():
			return readSome(tx)
		case <-time.After(pause):
		}
	}
}

package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/dgraph-io/badger/v4"

	"hazptr/tools/internal/latency"
)

const (
	betweenGets      = 200 * time.Microsecond
	betweenIterators = 20 * time.Millisecond // where there is one at a time
	// Of an iterator, in the time that it stays open.
	pauses = 100
	tries  = 100 // of a Get whose file goes
)

// get gets one value after the other until ctx ends.
func (s *session) get(ctx context.Context) error {
	for ctx.Err() == nil {
		i := rand.Uint64N(values)
		began := time.Now()
		for try := 1; ; try++ {
			found, err := s.getOne(i)
			if err != nil {
				return err
			}
			if found {
				break
			}
			s.figures.Empty++
			if try == tries {
				return fmt.Errorf("value %d is empty, %d times one after the other", i, tries)
			}
		}
		s.figures.Gets.Record(time.Since(began))
		time.Sleep(betweenGets)
	}
	return ctx.Err()
}

// getOne gets a value, unless its file goes meanwhile, for which badger has an
// empty one.
func (s *session) getOne(i uint64) (found bool, err error) {
	from := s.done.Load()
	err = s.db.View(func(txn *badger.Txn) error {
		span := span{from, s.begun.Load()}
		item, err := txn.Get(keyOf(i))
		if err != nil {
			return err
		}
		return item.Value(func(value []byte) error {
			if found = len(value) > 0; !found {
				return nil
			}
			return span.verify(i, value)
		})
	})
	return found, err
}

// A walker has one iterator after the other, and belongs to one goroutine.
type walker struct {
	*session
	steps, closes *latency.Histogram
}

func newWalker(s *session) *walker {
	return &walker{s, latency.NewHistogram(), latency.NewHistogram()}
}

// walk begins after a delay, and goes on until ctx ends.
func (w *walker) walk(ctx context.Context, delay time.Duration) error {
	sleep(ctx, delay)
	for ctx.Err() == nil {
		from := w.done.Load()
		err := w.db.View(func(txn *badger.Txn) error {
			walk := walkIn(txn, span{from, w.begun.Load()})
			defer walk.it.Close()
			if err := w.through(ctx, walk); err != nil {
				return err
			}
			began := time.Now()
			walk.it.Close()
			w.closes.Record(time.Since(began))
			return nil
		})
		if err != nil {
			return err
		}
		if w.Iterators == 1 {
			sleep(ctx, betweenIterators)
		}
	}
	return ctx.Err()
}

// through reads all values, or those before ctx ends, in the time that the
// iterator is to stay open.
func (w *walker) through(ctx context.Context, walk *walk) error {
	for ctx.Err() == nil {
		sleep(ctx, w.Hold/pauses)
		for range values / pauses {
			began := time.Now()
			more, err := walk.step()
			if err != nil || !more {
				return err
			}
			w.steps.Record(time.Since(began))
		}
	}
	return nil
}

func sleep(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"time"

	"hazptr/tools/loads/internal/contest"
)

// A trial is what all rounds have in common.
type trial struct {
	folder   string
	workers  int
	duration time.Duration // of a round
}

const blocksEach = 128 // of a worker

// freezeTimeout is how long a freeze may take: an I/O takes microseconds.
const freezeTimeout = 30 * time.Second

// round has workers do I/O while the queue is frozen and changed.
func (t *trial) round(ctx context.Context, c cell) (f *contest.Found, err error) {
	folder, err := os.MkdirTemp(t.folder, "round-*")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	q, err := newQueue(folder, t.workers*blocksEach, blockSize[c.Kind.Name])
	if err != nil {
		return nil, err
	}
	way := c.Way.Begin()
	f, err = contest.Round{
		Workers: t.workers, Together: c.Kind.Together, Rate: c.Rate, Duration: t.duration,
		Work: func(base contest.Worker) contest.Worker {
			w := &worker{
				Worker: base, queue: q, of: t.workers, idle: c.Kind.Name == empty, writing: c.Kind.Name == mixed,
				random: rand.New(rand.NewPCG(uint64(base.Number), 4)), buffer: make([]byte, q.size), writes: [2]map[int]int{{}, {}},
			}
			way.work(w)
			return w.Worker
		},
		Change: func(ctx context.Context, n int) (time.Duration, error) {
			begun := time.Now()
			if err := freeze(ctx, way); err != nil {
				return 0, fmt.Errorf("freeze %d: %w", n, err)
			}
			took := time.Since(begun)
			defer way.Unfreeze()
			return took, q.change()
		},
		End: func(context.Context) error { return q.file.Close() },
	}.Play(ctx)
	if err != nil {
		return nil, err
	}
	return f, q.verify()
}

func freeze(ctx context.Context, way way) error {
	ctx, cancel := context.WithTimeout(ctx, freezeTimeout)
	defer cancel()
	return way.Freeze(ctx)
}

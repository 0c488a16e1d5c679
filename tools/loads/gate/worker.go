package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"hazptr/tools/loads/internal/latency"
)

// A worker does I/O on blocks of its own, and checks what it reads.
type worker struct {
	ctx    context.Context
	stop   *atomic.Bool
	queue  *queue
	kind   kind
	number int
	of     int // workers
	fail   func(error)

	random *rand.Rand
	buffer []byte
	writes [2]map[int]int // how often each of its blocks was written, of each file

	done    int64 // I/Os
	began   time.Time
	lapped  time.Duration // since began
	latency *latency.Histogram

	_ [128]byte // each I/O writes to the fields above, and workers are allocated side by side
}

// start is called on the worker's goroutine.
func (w *worker) start() {
	w.random = rand.New(rand.NewPCG(uint64(w.number), 4))
	w.buffer = make([]byte, w.queue.size)
	for i := range w.writes {
		w.writes[i] = map[int]int{}
	}
	w.latency = latency.NewHistogram()
	w.began = time.Now()
}

func (w *worker) more() bool { return !w.stop.Load() }

// io does one I/O. The caller is inside.
func (w *worker) io() {
	q := w.queue
	if w.kind != empty {
		number := w.random.IntN(q.blocks/w.of)*w.of + w.number
		if err := w.transfer(q, number, w.kind == mixed && w.random.IntN(4) == 0); err != nil {
			w.fail(fmt.Errorf("block %d of file %d: %w", number, q.which, err))
		}
	}
	if q.frozen.Load() {
		w.fail(errInside)
	}
}

var errInside = fmt.Errorf("an I/O is inside while the queue is changed")

func (w *worker) transfer(q *queue, number int, write bool) error {
	want := block{q.which, number, w.writes[q.which][number]}
	at := int64(number * q.size)
	if write {
		want.writes++
		fill(w.buffer, want)
		_, err := q.file.WriteAt(w.buffer, at)
		w.writes[want.file][number] = want.writes
		return err
	}
	if _, err := q.file.ReadAt(w.buffer, at); err != nil {
		return err
	}
	found, err := parse(w.buffer)
	if err == nil && found != want {
		err = fmt.Errorf("read %+v, want %+v", found, want)
	}
	return err
}

// lap ends an I/O. As many as are timed together are timed from the end of those before, so nothing that holds a worker up is missed.
func (w *worker) lap() {
	w.done++
	if w.done%w.kind.together() != 0 {
		return
	}
	now := time.Since(w.began)
	w.latency.Record(now - w.lapped)
	w.lapped = now
}

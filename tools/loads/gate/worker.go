package main

import (
	"errors"
	"fmt"
	"math/rand/v2"

	"hazptr/tools/loads/internal/contest"
)

// A worker does I/O on blocks of its own, and checks what it reads.
type worker struct {
	queue   *queue
	of      int  // workers
	idle    bool // nothing is done inside
	writing bool // one time in four

	random *rand.Rand
	buffer []byte

	// How often each block of each file was written.
	writes [2]map[int]int

	contest.Worker
}

// io does one I/O. The caller is inside.
func (w *worker) io() {
	q := w.queue
	if !w.idle {
		number := w.random.IntN(q.blocks/w.of)*w.of + w.Number
		if err := w.transfer(q, number, w.writing && w.random.IntN(4) == 0); err != nil {
			w.Fail(fmt.Errorf("block %d of file %d: %w", number, q.which, err))
		}
	}
	if q.frozen.Load() {
		w.Fail(errInside)
	}
}

var errInside = errors.New("an I/O is inside while the queue is changed")

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

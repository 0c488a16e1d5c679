package main

import (
	"sync/atomic"

	"hazptr/tools/internal/mortal"
	"hazptr/tools/internal/subject"
)

// A queue is that of Michael and Scott (PODC 1996). What one goroutine puts in
// must come out in order, and once.
type queue struct {
	t          *torture
	head, tail subject.Source
	size       atomic.Int64
}

const queueSize = 64

func (t *torture) newQueue() *queue {
	q := &queue{t: t}
	dummy := t.object(false, false)
	q.head.Store(dummy)
	q.tail.Store(dummy)
	return q
}

// A queueKey tells which user has put a node in, and the how manieth of its own
// it is.
type queueKey uint64

func newQueueKey(author int, n uint64) queueKey { return queueKey(uint64(author)<<48 | n) }

func (k queueKey) author() int { return int(k >> 48) }
func (k queueKey) n() uint64   { return uint64(k) & (1<<48 - 1) }

func (q *queue) use(w *hands, c *choice) {
	if q.size.Load() >= queueSize || !c.one(2) {
		q.take(w)
	} else if o := q.t.object(true, c.one(32)); o != nil {
		w.put++
		o.Key = uint64(newQueueKey(w.number, w.put))
		q.put(w, o)
	}
}

func (q *queue) put(w *hands, o *mortal.Object) {
	q.size.Add(1)
	w.Begin()
	defer w.End()
	for {
		tail := w.Protect(0, &q.tail)
		w.visit(0, tail)
		next := tail.Next.Load()
		if next != nil {
			q.tail.CompareAndSwap(tail, next)
			continue
		}
		if tail.Next.CompareAndSwap(nil, o) {
			q.tail.CompareAndSwap(tail, o)
			return
		}
	}
}

// take reports whether there was something.
func (q *queue) take(w *hands) bool {
	w.Begin()
	var head *mortal.Object
	for {
		head = w.Protect(0, &q.head)
		w.visit(0, head)
		tail := q.tail.Load()
		next := w.Protect(1, &head.Next)
		if q.head.Load() != head {
			// next may be gone. Where head is still the head, next was in the
			// queue when it was protected.
			continue
		}
		if next == nil {
			w.End()
			return false
		}
		if head == tail {
			q.tail.CompareAndSwap(tail, next)
			continue
		}
		w.visit(1, next)
		key := queueKey(next.Key)
		if !q.head.CompareAndSwap(head, next) {
			continue
		}
		if last := w.seen[key.author()]; key.n() <= last {
			w.fail(kindQueue, "number %d of reader %d comes after number %d", key.n(), key.author(), last)
		}
		w.seen[key.author()] = key.n()
		if !next.Taken.CompareAndSwap(0, 1) {
			w.fail(kindQueue, "number %d of reader %d was taken twice", key.n(), key.author())
		}
		break
	}
	w.End()
	q.size.Add(-1)
	q.t.discard(head)
	return true
}

func (q *queue) drain(w *hands) {
	w.drain(kindQueue, q.size.Load(), q.take)
	q.t.discard(q.head.Load())
}

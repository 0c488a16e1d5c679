package reclaim

import (
	"iter"
	"sync/atomic"

	"hazptr/internal/fence"
	"hazptr/internal/perproc"
	"hazptr/internal/yield"
)

// A queue takes what is retired on one P to the pass. It has one producer,
// the goroutine that is pinned to the P, and one consumer, the pass. Nothing
// takes anything away from a pinned producer.
//
// It is a ring that is cut into chunks, which are recycled. A ring of fixed
// size would need a second way for the objects that a reclaim function retires
// when the ring is full, since that function can't wait for itself. Objects
// stay where they were put until a worker takes them from there: what a pass
// hands on is spans.
type queue struct {
	// Of the producer. Positions count the objects that were ever put in; they
	// may wrap.
	tail  fence.Word            // what is below it may be read
	stop  perproc.Word          // position at which the producer must make room
	chunk atomic.Pointer[chunk] // where tail is, or ends
	bytes fence.Word            // of all objects ever put in

	_ [perproc.CacheLine]byte

	// Of the consumer.
	first atomic.Pointer[chunk] // the producer's first chunk

	// The chunk that consumed is in; its first index objects are consumed. It
	// is nil before the first.
	head *chunk

	index    uintptr
	consumed atomic.Uintptr
	taking   uintptr // how many objects the present pass takes
	divided  uintptr // of these, how many it has divided
}

// full reports whether the producer must make room. The caller is pinned.
func (q *queue) full() bool { return q.tail.Own() == q.stop.Load() }

// put appends o. The caller is pinned, and the queue isn't full.
func (q *queue) put(o Object) {
	tail := q.tail.Own()
	if yield.Enabled {
		yield.Here("entry")
	}
	q.chunk.Load().set(tail%chunkLen, o)
	if o.bytes != 0 {
		q.bytes.Publish(q.bytes.Own() + uintptr(o.bytes))
	}
	// [append] It pairs with the consumer's load of tail, which acquires the
	// entry and the unlink before it; and, by Heavy, with the last look of a
	// scanner that falls asleep.
	q.tail.Publish(tail + 1)
}

// extend makes room for step more objects, at most to the end of a chunk. Where
// a chunk has ended it needs a fresh one. It reports whether it used that, and
// whether it made room. The caller is pinned, and the queue is full.
func (q *queue) extend(step uintptr, fresh *chunk) (used, made bool) {
	tail := q.tail.Own()
	if tail%chunkLen == 0 {
		if fresh == nil {
			return false, false
		}
		// Linked before anything in it is published: a consumer that sees a
		// tail beyond the last chunk's end sees the link.
		if yield.Enabled {
			yield.Here("link")
		}
		if last := q.chunk.Load(); last != nil {
			last.next.Store(fresh)
		} else {
			q.first.Store(fresh)
		}
		q.chunk.Store(fresh)
		used = true
	}
	q.stop.Store(tail + min(step, chunkLen-tail%chunkLen))
	return used, true
}

// length returns how many objects have been put in and not consumed. Any
// goroutine may call it.
func (q *queue) length() uintptr {
	if yield.Enabled {
		yield.Here("consumed")
	}
	consumed := q.consumed.Load() // first: it never overtakes tail
	return q.tail.Load() - consumed
}

// pieces yields, piece by piece, the places of the objects from the i-th to
// before the n-th of those not consumed. They must have been published. Only
// the consumer may call it.
func (q *queue) pieces(i, n uintptr) iter.Seq[span] {
	return func(yield func(span) bool) {
		c, at := q.head, q.index
		for done := uintptr(0); done < n; {
			c, at = q.following(c, at)
			piece := min(n-done, chunkLen-at)
			if skip := min(piece, max(i, done)-done); skip < piece {
				if !yield(span{chunk: c, from: at + skip, to: at + piece}) {
					return
				}
			}
			at += piece
			done += piece
		}
	}
}

// consume moves on by what the present pass has taken, and lets the chunks go
// that it leaves. Only the consumer may call it, under the ledger's lock.
func (q *queue) consume(pool *chunkPool) {
	for left := q.taking; left > 0; {
		c, i := q.following(q.head, q.index)
		switch {
		case q.head == nil:
			q.first.Store(nil)
		case q.head != c:
			pool.let(q.head, 1)
		}
		piece := min(left, chunkLen-i)
		q.head, q.index = c, i+piece
		left -= piece
	}
	if yield.Enabled {
		yield.Here("consumed")
	}
	q.consumed.Add(q.taking)
	q.taking, q.divided = 0, 0
}

// following returns the place of the object after c's first i. It must have
// been published.
func (q *queue) following(c *chunk, i uintptr) (*chunk, uintptr) {
	switch {
	case c == nil:
		if yield.Enabled {
			yield.Here("first")
		}
		return q.first.Load(), 0
	case i == chunkLen:
		if yield.Enabled {
			yield.Here("next")
		}
		return c.next.Load(), 0
	}
	return c, i
}

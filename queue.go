package hazptr

import (
	"iter"
	"sync"
	"sync/atomic"

	"hazptr/internal/fence"
	"hazptr/internal/perp"
)

// A queue takes what is retired on one P of one domain to the domain's scanner. It has one producer, the goroutine that is pinned to the P,
// and one consumer. Nobody takes anything away from a pinned producer.
//
// It is a ring that is cut into chunks, which are recycled through the domain: a ring of fixed size would need a second way for the objects that
// a reclaim function retires when the ring is full, since that function can't wait for itself.
type queue struct {
	// Of the producer. Positions count the objects that were ever put in; they may wrap.
	tail  fence.Word            // what is below it may be read
	stop  perp.Word             // position at which the producer must make room
	chunk atomic.Pointer[chunk] // where tail is, or ends
	bytes fence.Word            // of all objects ever put in

	_ [perp.CacheLine]byte

	// Of the consumer.
	first    atomic.Pointer[chunk] // the producer's first chunk
	head     *chunk                // where consumed is: its first index objects are consumed; nil before the first
	index    int
	consumed atomic.Uintptr
	goal     uintptr // where the present round ends
	taking   uintptr // how many objects the present pass takes
}

// A chunk is a run of retired objects: of a queue, or of those that are ready to be reclaimed. What is not in use is zero, since a pointer to memory
// that is unmapped now and the heap's later makes the garbage collector throw.
type chunk struct {
	next atomic.Pointer[chunk]
	// When the objects are ready: how many there are, and the earliest round of one.
	n      int
	oldest int64

	entries [chunkLen]retired
}

const chunkLen = 256

// chunkPool has the chunks that a domain has used and will use again.
type chunkPool struct {
	mu   sync.Mutex
	free *chunk
	n    int
}

const maxFreeChunks = 64

func (p *chunkPool) get() *chunk {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.free
	if c == nil {
		return new(chunk)
	}
	p.free = c.next.Load()
	p.n--
	c.next.Store(nil)
	return c
}

// put takes back a chunk whose entries are zero.
func (p *chunkPool) put(c *chunk) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c.n = 0
	c.next.Store(nil) // one chunk that is still pointed to must not keep all after it alive
	if p.n == maxFreeChunks {
		return
	}
	c.next.Store(p.free)
	p.free = c
	p.n++
}

// full reports whether the producer must make room. The caller is pinned.
func (q *queue) full() bool { return q.tail.Own() == q.stop.Load() }

// put appends r. The caller is pinned, and the queue isn't full.
func (q *queue) put(r retired) {
	tail := q.tail.Own()
	q.chunk.Load().entries[tail%chunkLen] = r
	if r.bytes != 0 {
		q.bytes.Publish(q.bytes.Own() + uintptr(r.bytes))
	}
	// [append] It pairs with the consumer's load of tail, which acquires the entry and the unlink before it; and, by Heavy, with the last look of a
	// scanner that falls asleep.
	q.tail.Publish(tail + 1)
}

// extend makes room for step more objects, at most to the end of a chunk. Where a chunk has ended it needs a fresh one: it reports whether it used
// it, and whether it made room. The caller is pinned, and the queue is full.
func (q *queue) extend(step uintptr, fresh *chunk) (used, made bool) {
	tail := q.tail.Own()
	if tail%chunkLen == 0 {
		if fresh == nil {
			return false, false
		}
		// Linked before anything in it is published: a consumer that sees a tail beyond the last chunk's end sees the link.
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

// length returns how many objects have been put in and not dropped. Anybody may call it.
func (q *queue) length() uintptr {
	consumed := q.consumed.Load() // first: it never overtakes tail
	return q.tail.Load() - consumed
}

// pieces returns the next n objects, which must have been published, piece by piece. Only the consumer may call it.
func (q *queue) pieces(n uintptr) iter.Seq[[]retired] {
	return func(yield func([]retired) bool) {
		for c, i := q.head, q.index; n > 0; {
			c, i = q.following(c, i)
			piece := min(n, uintptr(chunkLen-i))
			if !yield(c.entries[i:][:piece]) {
				return
			}
			i += int(piece)
			n -= piece
		}
	}
}

// drop forgets the next n objects and gives the chunks that they leave empty to pool. Only the consumer may call it, which adds n to consumed
// when it has accounted for them elsewhere.
func (q *queue) drop(n uintptr, pool *chunkPool) {
	for left := n; left > 0; {
		c, i := q.following(q.head, q.index)
		switch {
		case q.head == nil:
			q.first.Store(nil)
		case q.head != c:
			pool.put(q.head)
		}
		piece := min(left, uintptr(chunkLen-i))
		clear(c.entries[i:][:piece])
		q.head, q.index = c, i+int(piece)
		left -= piece
	}
}

// following returns where the object after c's first i is. It must have been published.
func (q *queue) following(c *chunk, i int) (*chunk, int) {
	switch {
	case c == nil:
		return q.first.Load(), 0
	case i == chunkLen:
		return c.next.Load(), 0
	}
	return c, i
}

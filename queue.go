package hazptr

import (
	"iter"
	"sync"
	"sync/atomic"
	"unsafe"

	"hazptr/internal/fence"
	"hazptr/internal/perp"
	"hazptr/internal/yield"
)

// A queue takes what is retired on one P of one domain to the domain's scanner. It has one producer, the goroutine that is pinned to the P,
// and one consumer. Nobody takes anything away from a pinned producer.
//
// It is a ring that is cut into chunks, which are recycled through the domain: a ring of fixed size would need a second way for the objects that
// a reclaim function retires when the ring is full, since that function can't wait for itself. Objects stay where they were put until a worker takes them from there: what
// the scanner hands on is spans.
type queue struct {
	// Of the producer. Positions count the objects that were ever put in; they may wrap.
	tail  fence.Word            // what is below it may be read
	stop  perp.Word             // position at which the producer must make room
	chunk atomic.Pointer[chunk] // where tail is, or ends
	bytes fence.Word            // of all objects ever put in

	_ [perp.CacheLine]byte

	// Of the consumer.
	first    atomic.Pointer[chunk] // the producer's first chunk
	head     *chunk                // where consumed is: its first index objects are; nil before the first
	index    uintptr
	consumed atomic.Uintptr
	taking   uintptr // how many objects the present pass takes
	divided  uintptr // of these, those that it has divided
}

// A chunk is a piece of a queue, or of what the scanner has kept. What is not in use is zero, since a pointer to memory
// that is unmapped now and the heap's later makes the garbage collector throw.
type chunk struct {
	next atomic.Pointer[chunk]
	left int // entries that are not done with, and one for who moves along the chunks; guarded by the domain's mu

	// The objects stand apart from the rest, so that a scan reads as little as can be.
	objects [chunkLen]unsafe.Pointer
	endings [chunkLen]ending
}

func (c *chunk) set(i uintptr, r retired) { c.objects[i], c.endings[i] = r.object, r.ending }

// take returns entry i, which it makes zero.
func (c *chunk) take(i uintptr) retired {
	r := retired{c.objects[i], c.endings[i]}
	c.set(i, retired{})
	return r
}

// A span is some entries of a chunk whose objects nothing protects.
type span struct {
	chunk    *chunk
	from, to uintptr
	round    int64 // that collected them
}

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
		c = new(chunk)
	} else {
		p.free = c.next.Load()
		p.n--
		c.next.Store(nil)
	}
	c.left = chunkLen + 1
	return c
}

// put takes back a chunk whose entries are zero.
func (p *chunkPool) put(c *chunk) {
	p.mu.Lock()
	defer p.mu.Unlock()
	c.next.Store(nil) // one chunk that is still pointed to must not keep all after it alive
	if p.n == maxFreeChunks {
		return
	}
	c.next.Store(p.free)
	p.free = c
	p.n++
}

// let says that n of c's entries are done with, and zero, or that who moved along the chunks has left it. It is called under the domain's mu.
func (p *chunkPool) let(c *chunk, n int) {
	if c.left -= n; c.left == 0 {
		p.put(c)
	}
}

// full reports whether the producer must make room. The caller is pinned.
func (q *queue) full() bool { return q.tail.Own() == q.stop.Load() }

// put appends r. The caller is pinned, and the queue isn't full.
func (q *queue) put(r retired) {
	tail := q.tail.Own()
	if yield.Enabled {
		yield.Here("entry")
	}
	q.chunk.Load().set(tail%chunkLen, r)
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

// length returns how many objects have been put in and not dropped. Anybody may call it.
func (q *queue) length() uintptr {
	if yield.Enabled {
		yield.Here("consumed")
	}
	consumed := q.consumed.Load() // first: it never overtakes tail
	return q.tail.Load() - consumed
}

// pieces yields, piece by piece, where the objects from the i-th to before the
// n-th of those not consumed are. They must have been published. Only the
// consumer may call it.
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

// pass moves on by n objects, and lets the chunks go that it leaves. Only the consumer may call it, under the domain's mu. It adds n to consumed when it has accounted
// for them elsewhere.
func (q *queue) pass(n uintptr, pool *chunkPool) {
	for left := n; left > 0; {
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
}

// following returns where the object after c's first i is. It must have been published.
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

package reclaim

import (
	"sync"
	"sync/atomic"
	"unsafe"
)

// A chunk is a piece of a queue, or of what a pass keeps no longer. What is not
// in use is zero: a pointer to memory that is unmapped now and the heap's later
// makes the garbage collector throw.
type chunk struct {
	next atomic.Pointer[chunk]

	// left counts the entries that are not done with, and one more until the
	// consumer has left the chunk. It is guarded by the ledger's lock.
	left int

	// The objects stand apart from the rest, so that a pass reads little.
	objects [chunkLen]unsafe.Pointer
	endings [chunkLen]ending
}

func (c *chunk) set(i uintptr, o Object) { c.objects[i], c.endings[i] = o.at, o.ending }

// take returns entry i, which it makes zero.
func (c *chunk) take(i uintptr) Object {
	o := Object{c.objects[i], c.endings[i]}
	c.set(i, Object{})
	return o
}

// A span is some entries of a chunk whose objects nothing protects.
type span struct {
	chunk    *chunk
	from, to uintptr
	round    int64 // that collected them
}

// A chunkPool has chunks that were used and will be used again.
type chunkPool struct {
	recycling sync.Mutex // guards what follows
	free      *chunk
	n         int
}

const maxFreeChunks = 64

func (p *chunkPool) get() *chunk {
	p.recycling.Lock()
	defer p.recycling.Unlock()
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
	p.recycling.Lock()
	defer p.recycling.Unlock()
	// A chunk that is still pointed to must not keep all after it alive.
	c.next.Store(nil)
	if p.n == maxFreeChunks {
		return
	}
	c.next.Store(p.free)
	p.free = c
	p.n++
}

// let says that n of c's entries are done with, and zero, or that the consumer
// has left c. It is called under the ledger's lock.
func (p *chunkPool) let(c *chunk, n int) {
	if c.left -= n; c.left == 0 {
		p.put(c)
	}
}

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

	// One of the two is there, beside the rest, and never changes.
	long  *entries
	short *[shortLen]Object
}

// entries are those of a long chunk. The objects stand apart from the rest, so
// that a pass reads little.
type entries struct {
	objects [chunkLen]unsafe.Pointer
	endings [chunkLen]ending
}

func (e *entries) set(i uintptr, o Object) { e.objects[i], e.endings[i] = o.at, o.ending }

// take returns entry i, which it makes zero.
func (e *entries) take(i uintptr) Object {
	o := Object{e.objects[i], e.endings[i]}
	e.set(i, Object{})
	return o
}

// shortLen is how many objects a short chunk has room for.
const shortLen = 4

// newChunk returns a chunk that is short or has room for chunkLen objects.
func newChunk(short bool) *chunk {
	if short {
		var c struct {
			chunk
			entries [shortLen]Object
		}
		c.short = &c.entries
		return &c.chunk
	}
	var c struct {
		chunk
		entries
	}
	c.long = &c.entries
	return &c.chunk
}

// object returns entry i's object.
func (c *chunk) object(i uintptr) unsafe.Pointer {
	if c.long == nil {
		return c.short[i].at
	}
	return c.long.objects[i]
}

// ending returns entry i's ending.
func (c *chunk) ending(i uintptr) *ending {
	if c.long == nil {
		return &c.short[i].ending
	}
	return &c.long.endings[i]
}

func (c *chunk) set(i uintptr, o Object) {
	if c.long == nil {
		c.short[i] = o
		return
	}
	c.long.set(i, o)
}

// take returns entry i, which it makes zero.
func (c *chunk) take(i uintptr) (o Object) {
	if c.long == nil {
		o, c.short[i] = c.short[i], Object{}
		return o
	}
	return c.long.take(i)
}

// A span is some entries of a chunk whose objects nothing protects.
type span struct {
	chunk    *chunk
	from, to uintptr
	round    int64 // that collected them
}

// A chunkPool has chunks that were used and will be used again.
type chunkPool struct {
	short bool // whether its chunks are; it never changes

	recycling sync.Mutex // guards what follows
	free      *chunk
	n         int
}

// length returns how many objects each chunk has room for.
func (p *chunkPool) length() uintptr {
	if p.short {
		return shortLen
	}
	return chunkLen
}

const maxFreeChunks = 64

func (p *chunkPool) get() *chunk {
	p.recycling.Lock()
	defer p.recycling.Unlock()
	c := p.free
	if c == nil {
		c = newChunk(p.short)
	} else {
		p.free = c.next.Load()
		p.n--
		c.next.Store(nil)
	}
	c.left = int(p.length()) + 1
	return c
}

// put takes back a chunk whose entries are zero.
func (p *chunkPool) put(c *chunk) {
	p.recycling.Lock()
	defer p.recycling.Unlock()
	c.next.Store(nil) // one chunk that is still pointed to must not keep all after it alive
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

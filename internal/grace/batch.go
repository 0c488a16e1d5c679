package grace

// A batch is the callbacks that wait for the same grace period, in the order in
// which they were posted.
type batch struct {
	cookie      uint64
	first, last *chunk
}

// A chunk is a run of callbacks. What is not in use is nil.
type chunk struct {
	next      *chunk
	n         int
	callbacks [254]func()
}

func (b *batch) push(f func(), pool *pool) {
	if b.last == nil || b.last.n == len(b.last.callbacks) {
		b.join(pool.get())
	}
	b.last.callbacks[b.last.n] = f
	b.last.n++
}

// join puts other's callbacks behind b's.
func (b *batch) join(other batch) {
	if b.last == nil {
		b.first = other.first
	} else {
		b.last.next = other.first
	}
	b.last = other.last
}

// shift takes the first chunk away and returns it, or nil.
func (b *batch) shift() *chunk {
	c := b.first
	if c == nil {
		return nil
	}
	if b.first = c.next; b.first == nil {
		b.last = nil
	}
	c.next = nil
	return c
}

// A pool has chunks that were used and will be used again.
type pool struct {
	free *chunk
	n    int
}

const maxFree = 64

// get returns a batch of one empty chunk.
func (p *pool) get() batch {
	c := p.free
	if c == nil {
		c = new(chunk)
	} else {
		p.free, c.next = c.next, nil
		p.n--
	}
	return batch{first: c, last: c}
}

// put takes back a chunk whose callbacks are nil.
func (p *pool) put(c *chunk) {
	if p.n < maxFree {
		c.n, c.next = 0, p.free
		p.free = c
		p.n++
	}
}

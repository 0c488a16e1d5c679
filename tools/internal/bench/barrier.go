package bench

import "sync"

// A barrier lets no party pass before all have arrived, again and again. The parties block: were they to spin, those that run would keep those that
// have yet to arrive off the CPU.
type barrier struct {
	parties int

	mu      sync.Mutex
	waiting int
	open    chan struct{} // closed when all have arrived; each round has its own
}

func newBarrier(parties int) *barrier {
	return &barrier{parties: parties, open: make(chan struct{})}
}

func (b *barrier) wait() {
	b.mu.Lock()
	open := b.open
	b.waiting++
	if b.waiting == b.parties {
		b.waiting = 0
		b.open = make(chan struct{})
		close(open)
	}
	b.mu.Unlock()
	<-open
}

package litmus

import "math/rand/v2"

// A Delay fills the processor's store buffer: stores to lines that are in no cache, for which those that follow have to wait. They are issued
// faster than they complete, so nothing is computed or loaded between them.
type Delay struct {
	*rand.Rand
	lines []uint64
}

// NewDelay returns a Delay of random length. Each needs 128 MiB.
func NewDelay(seed uint64) Delay {
	return Delay{rand.New(rand.NewPCG(seed, 0)), make([]uint64, lines)}
}

const lines = 1 << 24

// Stores stores.
func (d Delay) Stores() {
	at, n := d.Uint64(), d.IntN(64)
	const next = (4096 + 64) / 8 // in another page and another set of the cache
	for range n {
		d.lines[at%lines] = at
		at += next
	}
}

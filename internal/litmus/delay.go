package litmus

import (
	"math/rand/v2"
	"sync"
	"testing"
)

// A Delay fills the processor's store buffer: stores to lines that are in no
// cache, for which the stores that follow have to wait. They are issued faster
// than they complete, so nothing is computed or loaded between them.
type Delay struct {
	*rand.Rand
	lines []uint64
}

// NewDelay returns a Delay of random length. Delays that are in use at a time
// have different seeds. Each needs 128 MiB, or 16 in short tests.
func NewDelay(seed uint64) Delay { return Delay{rand.New(rand.NewPCG(seed, 0)), linesOf(seed)} }

var touched = struct {
	sync.Mutex
	lines map[uint64][]uint64 // by seed
}{lines: make(map[uint64][]uint64)}

// linesOf returns lines in pages that the kernel has given: a page that it has
// to make first takes a thousand times as long as the stores.
func linesOf(seed uint64) []uint64 {
	touched.Lock()
	defer touched.Unlock()
	lines := touched.lines[seed]
	if lines == nil {
		n := 1 << 24
		if testing.Short() {
			n = 1 << 21
		}
		lines = words(n)
		for at := 0; at < n; at += page {
			lines[at] = 1
		}
		touched.lines[seed] = lines
	}
	return lines
}

const page = 4096 / 8

// Stores stores.
func (d Delay) Stores() {
	at, n := d.Uint64(), d.IntN(64)
	const next = page + 8 // in another page and another set of the cache
	last := uint64(len(d.lines) - 1)
	for range n {
		d.lines[at&last] = at
		at += next
	}
}

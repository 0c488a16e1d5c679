package way

import (
	"sync/atomic"

	"hazptr/internal/perproc"
	"hazptr/internal/race"
)

// percpuinc counts up and down on the P's own counter, each time pinned. It
// protects nothing, since nothing looks at the counters: it is what pinning
// alone costs, the floor of everything that works with storage per P. Old
// objects are left to the garbage collector.
type percpuinc struct {
	stateless
	counts *perproc.Local[count]
}

type count struct{ n int64 }

func newPercpuinc(head *Object) Mechanism {
	return begun(&percpuinc{counts: perproc.NewLocal[count]()}, head)
}

func (m *percpuinc) Join() LoopReader     { return m }
func (m *percpuinc) Replace(next *Object) { m.head.Store(next) }

// add is done pinned. The race detector does not know that, and is shown an
// atomic.
func (c *count) add(n int64) {
	if race.Enabled {
		atomic.AddInt64(&c.n, n)
	} else {
		c.n += n
	}
}

func (m *percpuinc) Read(loops int) (sum uint64) {
	src, counts := &m.head, m.counts
	for range loops {
		counts.Pin().add(1)
		perproc.Unpin()
		sum += src.Load().value
		counts.Pin().add(-1)
		perproc.Unpin()
	}
	return sum
}

func (m *percpuinc) Walk(loops int, delay Delay) (sum uint64) {
	src, counts := &m.head, m.counts
	for range loops {
		counts.Pin().add(1)
		perproc.Unpin()
		o, before := src.Load().walk(sum)
		sum = delay.Spend(before)
		sum += o.value
		counts.Pin().add(-1)
		perproc.Unpin()
	}
	return sum
}

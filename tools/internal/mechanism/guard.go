package mechanism

import "hazptr"

// guards takes a hazard pointer for each read.
type guards struct {
	stateless
	source
}

func (m *guards) Join() Reader { return m }

func (m *guards) Replace(next *Object) {
	hazptr.Retire(m.head.Swap(next), (*Object).end)
}

func (m *guards) Close() { waitForRetired() }

func (m *guards) Read(loops int) (sum uint64) {
	src := &m.head
	for range loops {
		g := hazptr.Acquire(src)
		sum += g.Ptr().value
		g.Release()
	}
	return sum
}

// Walk may protect a node through its predecessor's link, since only the head
// is ever retired and what follows it stays.
func (m *guards) Walk(loops int, delay Delay) (sum uint64) {
	src := &m.head
	for range loops {
		g := hazptr.Acquire(src)
		for {
			o := g.Ptr()
			ahead := hazptr.Acquire(&o.next)
			if ahead.Ptr() == nil {
				break // there is nothing to release
			}
			sum += o.value
			g.Release()
			g = ahead
		}
		sum = delay.Spend(sum)
		sum += g.Ptr().value
		g.Release()
	}
	return sum
}

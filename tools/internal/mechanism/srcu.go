package mechanism

import "hazptr/srcu"

// srcuReaders enter and leave an srcu.Domain.
type srcuReaders struct {
	stateless
	source
	domain *srcu.Domain
}

func newSRCU(head *Object) Mechanism {
	return begun(&srcuReaders{domain: srcu.New()}, head)
}

func (m *srcuReaders) Join() Reader { return m }

func (m *srcuReaders) Replace(next *Object) { m.domain.Call(m.head.Swap(next).end) }

func (m *srcuReaders) Close() { mustClose(m.domain) }

func (m *srcuReaders) Read(loops int) (sum uint64) {
	src, domain := &m.head, m.domain
	for range loops {
		section := domain.ReadLock()
		sum += src.Load().value
		domain.ReadUnlock(section)
	}
	return sum
}

func (m *srcuReaders) Walk(loops int, delay Delay) (sum uint64) {
	src, domain := &m.head, m.domain
	for range loops {
		section := domain.ReadLock()
		o, before := src.Load().walk(sum)
		sum = delay.Spend(before)
		sum += o.value
		domain.ReadUnlock(section)
	}
	return sum
}

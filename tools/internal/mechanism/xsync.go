package mechanism

import "github.com/puzpuzpuz/xsync/v4"

// rbmutex takes the RBMutex of xsync for reading, which marks a reader in one
// of several slots, around each read section.
type rbmutex struct {
	stateless
	source
	mu *xsync.RBMutex
}

func newRbmutex(head *Object) Mechanism {
	return begun(&rbmutex{mu: xsync.NewRBMutex()}, head)
}

func (m *rbmutex) Join() Reader         { return m }
func (m *rbmutex) Replace(next *Object) { m.replaceLocked(m.mu, next) }

func (m *rbmutex) Read(loops int) (sum uint64) {
	src, mu := &m.head, m.mu
	for range loops {
		t := mu.RLock()
		sum += src.Load().value
		mu.RUnlock(t)
	}
	return sum
}

func (m *rbmutex) Walk(loops int, delay Delay) (sum uint64) {
	src, mu := &m.head, m.mu
	for range loops {
		t := mu.RLock()
		o, before := src.Load().walk(sum)
		sum = delay.Spend(before)
		sum += o.value
		mu.RUnlock(t)
	}
	return sum
}

package mechanism

import "sync"

// rwlock takes a sync.RWMutex for reading around each read section.
type rwlock struct {
	stateless
	source
	mu sync.RWMutex
}

func (m *rwlock) Join() Reader         { return m }
func (m *rwlock) Replace(next *Object) { m.replaceLocked(&m.mu, next) }

func (m *rwlock) Read(loops int) (sum uint64) {
	src, mu := &m.head, &m.mu
	for range loops {
		mu.RLock()
		sum += src.Load().value
		mu.RUnlock()
	}
	return sum
}

func (m *rwlock) Walk(loops int, delay Delay) (sum uint64) {
	src, mu := &m.head, &m.mu
	for range loops {
		mu.RLock()
		o, before := src.Load().walk(sum)
		sum = delay.Spend(before)
		sum += o.value
		mu.RUnlock()
	}
	return sum
}

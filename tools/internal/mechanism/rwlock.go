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

func (m *rwlock) ReadSlowly(loops int, delay Delay) (sum uint64) {
	src, mu := &m.head, &m.mu
	for range loops {
		mu.RLock()
		o := src.Load()
		sum = delay.Spend(sum)
		sum += o.value
		mu.RUnlock()
	}
	return sum
}

func (m *rwlock) Walk(loops int, delay Delay) (sum uint64) {
	src, mu := &m.head, &m.mu
	for range loops {
		mu.RLock()
		for o := src.Load(); o != nil; o = o.next.Load() {
			sum += o.value
		}
		sum = delay.Spend(sum)
		mu.RUnlock()
	}
	return sum
}

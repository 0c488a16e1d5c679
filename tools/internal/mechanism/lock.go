package mechanism

import "sync"

// lock takes a sync.Mutex around each read section.
type lock struct {
	stateless
	source
	mu sync.Mutex
}

func (m *lock) Join() Reader         { return m }
func (m *lock) Replace(next *Object) { m.replaceLocked(&m.mu, next) }

func (m *lock) Read(loops int) (sum uint64) {
	src, mu := &m.head, &m.mu
	for range loops {
		mu.Lock()
		sum += src.Load().value
		mu.Unlock()
	}
	return sum
}

func (m *lock) Walk(loops int, delay Delay) (sum uint64) {
	src, mu := &m.head, &m.mu
	for range loops {
		mu.Lock()
		o, before := src.Load().walk(sum)
		sum = delay.Spend(before)
		sum += o.value
		mu.Unlock()
	}
	return sum
}

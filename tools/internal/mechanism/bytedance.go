package mechanism

import "github.com/bytedance/gopkg/lang/syncx"

// shardlock takes the RWMutex of bytedance/gopkg for reading, one sync.RWMutex
// per P, around each read section. A writer takes them all.
type shardlock struct {
	stateless
	source
	mu syncx.RWMutex
}

func newShardlock(head *Object) Mechanism {
	return begun(&shardlock{mu: syncx.NewRWMutex()}, head)
}

func (m *shardlock) Join() Reader         { return m }
func (m *shardlock) Replace(next *Object) { m.replaceLocked(m.mu, next) }

func (m *shardlock) Read(loops int) (sum uint64) {
	src, mu := &m.head, m.mu
	for range loops {
		l := mu.RLocker()
		l.Lock()
		sum += src.Load().value
		l.Unlock()
	}
	return sum
}

func (m *shardlock) Walk(loops int, delay Delay) (sum uint64) {
	src, mu := &m.head, m.mu
	for range loops {
		l := mu.RLocker()
		l.Lock()
		o, before := src.Load().walk(sum)
		sum = delay.Spend(before)
		sum += o.value
		l.Unlock()
	}
	return sum
}

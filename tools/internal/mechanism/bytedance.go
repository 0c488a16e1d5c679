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

func (m *shardlock) ReadSlowly(loops int, delay Delay) (sum uint64) {
	src, mu := &m.head, m.mu
	for range loops {
		l := mu.RLocker()
		l.Lock()
		o := src.Load()
		sum = delay.Spend(sum)
		sum += o.value
		l.Unlock()
	}
	return sum
}

func (m *shardlock) Walk(loops int, delay Delay) (sum uint64) {
	src, mu := &m.head, m.mu
	for range loops {
		l := mu.RLocker()
		l.Lock()
		for o := src.Load(); o != nil; o = o.next.Load() {
			sum += o.value
		}
		sum = delay.Spend(sum)
		l.Unlock()
	}
	return sum
}

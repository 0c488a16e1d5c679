package way

import (
	"sync"

	"github.com/bytedance/gopkg/lang/syncx"
	"github.com/puzpuzpuz/xsync/v4"
)

// rwlock has one sync.RWMutex around all sources. With the lock the writer has
// no reader beside it, and ends the old object itself.
type rwlock struct {
	*sources
	mu sync.RWMutex
}

func newRwlock(c Config) Ending { return &rwlock{sources: newSources(c)} }

func (e *rwlock) Join() Reader { return &rwlockReader{e} }

func (e *rwlock) NewWriter(source int) Writer {
	src, replaced, ended := &e.all[source], e.ofWriter(), e.ofEnder()
	return func(next *Object) {
		// A writer that waits for the lock wants to be rid of its object, too.
		replaced.add()
		e.end(src.swapLocked(&e.mu, next))
		ended.add()
	}
}

type rwlockReader struct{ e *rwlock }

func (r *rwlockReader) Protect(source int) *Object {
	r.e.mu.RLock()
	return r.e.all[source].head.Load()
}

func (r *rwlockReader) Clear() { r.e.mu.RUnlock() }
func (r *rwlockReader) Leave() {}

func (r *rwlockReader) Read(loops int) (sum uint64) {
	src, mu := &r.e.all[0].head, &r.e.mu
	for range loops {
		mu.RLock()
		sum += src.Load().value
		mu.RUnlock()
	}
	return sum
}

func (r *rwlockReader) Walk(loops int, delay Delay) (sum uint64) {
	src, mu := &r.e.all[0].head, &r.e.mu
	for range loops {
		mu.RLock()
		o, before := src.Load().walk(sum)
		sum = delay.Spend(before)
		sum += o.value
		mu.RUnlock()
	}
	return sum
}

// lock takes a sync.Mutex around each read section.
type lock struct {
	stateless
	mu sync.Mutex
}

func newLock(head *Object) Mechanism { return begun(new(lock), head) }

func (m *lock) Join() LoopReader     { return m }
func (m *lock) Replace(next *Object) { m.swapLocked(&m.mu, next).end() }

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

// rbmutex takes the RBMutex of xsync for reading, which marks a reader in one
// of several slots, around each read section.
type rbmutex struct {
	stateless
	mu *xsync.RBMutex
}

func newRbmutex(head *Object) Mechanism {
	return begun(&rbmutex{mu: xsync.NewRBMutex()}, head)
}

func (m *rbmutex) Join() LoopReader     { return m }
func (m *rbmutex) Replace(next *Object) { m.swapLocked(m.mu, next).end() }

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

// shardlock takes the RWMutex of bytedance/gopkg for reading, one sync.RWMutex
// per P, around each read section. A writer takes them all.
type shardlock struct {
	stateless
	mu syncx.RWMutex
}

func newShardlock(head *Object) Mechanism {
	return begun(&shardlock{mu: syncx.NewRWMutex()}, head)
}

func (m *shardlock) Join() LoopReader     { return m }
func (m *shardlock) Replace(next *Object) { m.swapLocked(m.mu, next).end() }

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

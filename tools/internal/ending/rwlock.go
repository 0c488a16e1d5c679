package ending

import "sync"

// rwlock has one sync.RWMutex around all sources. With the lock the writer has
// no reader beside it, and ends the old object itself.
type rwlock struct {
	sources
	ledger
	none
	mu sync.RWMutex
}

func newRwlock(c Config) Ending {
	return &rwlock{sources: newSources(c), ledger: ledger{bytes: c.Bytes}}
}

func (e *rwlock) Join() Reader { return rwlockReader{e} }

type rwlockReader struct{ e *rwlock }

func (r rwlockReader) Protect(source int) *Object {
	r.e.mu.RLock()
	return r.e.all[source].head.Load()
}

func (r rwlockReader) Clear() { r.e.mu.RUnlock() }
func (r rwlockReader) Leave() {}

func (e *rwlock) NewWriter(source int) Writer {
	src, replaced, ended := &e.all[source], e.ofWriter(), e.ofEnder()
	return func(next *Object) {
		replaced.add() // a writer that waits for the lock wants to be rid of its object, too
		e.mu.Lock()
		old := src.head.Swap(next)
		e.mu.Unlock()
		e.end(old) // readers of the old pointer have left, and no other can read it
		ended.add()
	}
}

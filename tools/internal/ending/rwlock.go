package ending

import "sync"

// rwlock has one sync.RWMutex around all sources. With the lock the writer has no
// reader beside it, and ends the old object itself.
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
	return &rwlockWriter{e: e, src: &e.all[source], replaced: e.ofWriter(), ended: e.ofEnder()}
}

type rwlockWriter struct {
	e               *rwlock
	src             *source
	replaced, ended *tally
}

func (w *rwlockWriter) Update(next *Object) {
	w.replaced.add() // a writer that waits for the lock wants to be rid of its object, too
	w.e.mu.Lock()
	old := w.src.head.Swap(next)
	w.e.mu.Unlock()
	w.e.end(old) // readers of the old pointer have left, and no other can read it
	w.ended.add()
}

package way

import (
	"sync"
	"sync/atomic"

	"hazptr/internal/fence"
	"hazptr/internal/perproc"
)

// A tally is counted up by one goroutine at a time, by a plain load and store
// on a line of its own, and read by others.
type tally struct {
	n fence.Word
	_ [2*perproc.CacheLine - 8]byte
}

func (t *tally) add() { t.n.Release(t.n.Own() + 1) }

// A ledger tells how many objects are pending at the price of a plain store for
// each that is replaced and each that ends: every writer, and every goroutine
// that ends objects, has a tally of its own, and only Pending adds them up.
type ledger struct {
	bytes int64 // of each object

	// over counts objects where any goroutine may end one, so that it cannot
	// know whose tally to add to. Beside the making of a percpuref.Ref or of a
	// cleanup, a locked add is nothing.
	over atomic.Int64

	mu                sync.Mutex
	replacing, enders []*tally
}

// ofWriter returns a new tally of objects that a writer replaces.
func (l *ledger) ofWriter() *tally {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := new(tally)
	l.replacing = append(l.replacing, t)
	return t
}

// ofEnder returns a new tally of objects that one goroutine at a time ends.
func (l *ledger) ofEnder() *tally {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := new(tally)
	l.enders = append(l.enders, t)
	return t
}

func (l *ledger) Pending() (objects, bytes int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	// Ends come before replacements, so that no object is seen to end only.
	objects = -l.over.Load()
	for _, t := range l.enders {
		objects -= int64(t.n.Load())
	}
	for _, t := range l.replacing {
		objects += int64(t.n.Load())
	}
	return objects, objects * l.bytes
}

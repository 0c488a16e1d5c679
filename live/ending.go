package live

import (
	"context"
	"sync"
	"time"
	"unsafe"

	"hazptr/internal/hazard"
)

// An ending has values closed when they are not in use any more, each on a
// goroutine of its own.
type ending struct {
	mu      sync.Mutex // guards what follows
	closing int        // values that are not in use, and not closed
	fewer   wakeup     // closing is fewer
}

// maxClosing is how many values that are not in use may wait for their Close
// before what would replace another waits for them.
const maxClosing = 8

// patience is how long a Store waits, while no Close returns: one may wait for
// the goroutine that stores.
const patience = 50 * time.Millisecond

// retire has end called when nothing protects value any more, which the caller
// has unlinked. It waits for one look at the readers, which calls at the same
// time share, and not for the readers.
func (e *ending) retire(value unsafe.Pointer, end func()) {
	wait := hazard.Ask(value)
	if wait == nil {
		e.count(1)
	}
	go func() {
		if wait != nil {
			wait()
			e.count(1)
		}
		defer e.count(-1) // also when Close calls runtime.Goexit
		end()             // which keeps value alive
	}()
}

func (e *ending) count(closing int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closing += closing; closing < 0 {
		e.fewer.ring()
	}
}

// room waits until few values that are not in use are not closed, as long as
// ctx allows.
func (e *ending) room(ctx context.Context) bool {
	for {
		fewer := e.crowded()
		if fewer == nil {
			return true
		}
		select {
		case <-fewer:
		case <-ctx.Done():
			return false
		}
	}
}

// slowDown is room, for as long as some Close returns.
func (e *ending) slowDown() {
	for {
		fewer := e.crowded()
		if fewer == nil {
			return
		}
		timer := time.NewTimer(patience)
		select {
		case <-fewer:
			timer.Stop()
		case <-timer.C:
			return
		}
	}
}

// crowded returns nil if there is room, and otherwise what is closed when there
// may be.
func (e *ending) crowded() <-chan struct{} {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closing < maxClosing {
		return nil
	}
	return e.fewer.wait()
}

// A wakeup wakes the goroutines that wait for a change. Its owner's lock guards
// it.
type wakeup struct{ c chan struct{} }

// wait returns what the next ring closes.
func (w *wakeup) wait() <-chan struct{} {
	if w.c == nil {
		w.c = make(chan struct{})
	}
	return w.c
}

func (w *wakeup) ring() {
	if w.c != nil {
		close(w.c)
		w.c = nil
	}
}

package reclaim

import (
	"sync"

	"hazptr/internal/hazard"
	"hazptr/internal/yield"
)

// A turn is had by one goroutine at a time, which may then change what the pass
// has. It is no mutex, since readers must not wait for it. The slots that
// readers leave meanwhile are noted, and looked at before the turn ends, or by
// the reader. So that none is forgotten, the notes and the end are under one
// lock, which is held for a moment only.
type turn struct {
	mu    sync.Mutex // guards what follows
	taken bool
	await []*sync.Mutex   // unlocked at the end
	left  []*hazard.Watch // whose slots have been left, each at most once
	spare []*hazard.Watch
}

// take waits for the turn.
func (t *turn) take() {
	for {
		t.mu.Lock()
		if !t.taken {
			t.taken = true
			t.mu.Unlock()
			return
		}
		// Not a channel: one of a bubble of testing/synctest must not be closed
		// by a goroutine outside it.
		ended := new(sync.Mutex)
		ended.Lock()
		t.await = append(t.await, ended)
		t.mu.Unlock()
		ended.Lock()
	}
}

// try takes the turn unless another goroutine has it.
func (t *turn) try() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.taken {
		return false
	}
	t.taken = true
	return true
}

// tryBriefly is try, again and again for some 50 µs: a goroutine that makes no
// pass has the turn for less, unless it is held up. A goroutine that parks
// instead may wait for a time slice. In between it leaves the lock to readers.
func (t *turn) tryBriefly(c clock) bool {
	for tries := 0; !t.try(); tries++ {
		if yield.Enabled || tries == 50 {
			return false
		}
		for range 20 { // some 50 ns each
			c.now()
		}
	}
	return true
}

// note notes that the slot of w may have been left.
func (t *turn) note(w *hazard.Watch) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !w.Noted {
		w.Noted = true
		t.left = append(t.left, w)
	}
}

// serve takes the turn if a slot has been left, unless another goroutine has
// the turn and will see to it.
func (t *turn) serve() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.taken || len(t.left) == 0 {
		return false
	}
	t.taken = true
	return true
}

// noted returns the Watches whose slots have been left. It is called in a turn.
func (t *turn) noted() []*hazard.Watch {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.drain()
}

// end ends the turn, unless slots have been left. It returns those; the caller
// looks at them, and calls end again.
func (t *turn) end() (left []*hazard.Watch) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.left) == 0 {
		t.taken = false
		for i, ended := range t.await {
			ended.Unlock()
			t.await[i] = nil
		}
		t.await = t.await[:0]
	}
	return t.drain()
}

// drain is called under mu.
func (t *turn) drain() (left []*hazard.Watch) {
	left = t.left
	t.left, t.spare = t.spare[:0], left
	for _, w := range left {
		w.Noted = false
	}
	return left
}

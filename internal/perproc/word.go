package perproc

import (
	"sync/atomic"

	"hazptr/internal/race"
)

// A Word belongs to a P: only goroutines pinned to that P use it, so plain
// loads and stores serve. The race detector does not see the order that pinning
// gives them; under it they are atomic.
type Word struct{ v uintptr }

// Load returns the word's value.
func (w *Word) Load() uintptr {
	if race.Enabled {
		return atomic.LoadUintptr(&w.v)
	}
	return w.v
}

// Store sets the word's value.
func (w *Word) Store(v uintptr) {
	if race.Enabled {
		atomic.StoreUintptr(&w.v, v)
		return
	}
	w.v = v
}

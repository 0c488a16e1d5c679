package fence

import (
	"sync/atomic"

	"hazptr/internal/race"
	"hazptr/internal/yield"
)

// A Word is written by one goroutine at a time, such as the one that is pinned to a P, and read by anybody.
type Word struct{ v uintptr }

// Own returns the value to the writer.
func (w *Word) Own() uintptr {
	if race.Enabled {
		return atomic.LoadUintptr(&w.v)
	}
	return w.v
}

// Publish sets the value as the function Publish does. The caller is the writer.
func (w *Word) Publish(v uintptr) { Publish(&w.v, v) }

// Release sets the value: all that the caller did before is seen by whoever sees it. The caller is the writer.
func (w *Word) Release(v uintptr) { Release(&w.v, v) }

// Load returns the value to anybody, as an acquire.
func (w *Word) Load() uintptr {
	if yield.Enabled {
		yield.Here("load")
	}
	return atomic.LoadUintptr(&w.v)
}

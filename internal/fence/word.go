package fence

import (
	"sync/atomic"

	"hazptr/internal/race"
	"hazptr/internal/yield"
)

// A Word is written by one goroutine at a time, such as the one pinned to a P.
// Any goroutine may read it.
type Word struct{ v uintptr }

// Own returns the value to the writer.
func (w *Word) Own() uintptr {
	if race.Enabled {
		return atomic.LoadUintptr(&w.v)
	}
	return w.v
}

// Publish sets the value as the function Publish does. The caller is the
// writer.
func (w *Word) Publish(v uintptr) { Publish(&w.v, v) }

// Release sets the value. A goroutine that sees it sees all that the caller did
// before. The caller is the writer.
func (w *Word) Release(v uintptr) { Release(&w.v, v) }

// Load returns the value, as an acquire. Any goroutine may call it.
func (w *Word) Load() uintptr {
	if yield.Enabled {
		yield.Here("load")
	}
	return atomic.LoadUintptr(&w.v)
}

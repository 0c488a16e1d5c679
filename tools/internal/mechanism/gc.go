package mechanism

import (
	"runtime"
	"sync/atomic"
)

// gc reads as load does and has the garbage collector end the old objects, some
// time after their last use.
type gc struct {
	load
	ended atomic.Int64
}

func (m *gc) Replace(next *Object) {
	old := m.head.Swap(next)
	// A cleanup cannot touch the object itself: what ends is the thing that the
	// object stands for, here a count.
	runtime.AddCleanup(old, func(ended *atomic.Int64) { ended.Add(1) }, &m.ended)
}

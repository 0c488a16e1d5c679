package grace

import (
	"sync/atomic"
	"time"

	"hazptr/internal/yield"
)

// A Notice wakes a grace period that waits for readers.
//
// The reader ends its section, [outside], and looks whether its end is waited
// for, [watched?]. The grace period says that it waits, [watch], and after a
// Heavy looks at the readers, [look]: so it sees the end, or the reader sees
// that it waits, and calls Give.
type Notice struct {
	given atomic.Bool
	c     chan struct{} // has room for one
}

// NewNotice returns a Notice that is not given.
func NewNotice() *Notice { return &Notice{c: make(chan struct{}, 1)} }

// Give wakes the goroutine that awaits the Notice, or has it look once more.
//
// Where another reader has given it and Await has not taken it back, that comes
// later, and then the look: it sees what the caller did before.
//
//go:noinline
func (n *Notice) Give() {
	if !n.given.Swap(true) {
		select {
		case n.c <- struct{}{}:
		default:
		}
	}
}

// Await returns true as soon as quiescent does. It is asked at first, whenever
// the Notice is given, and each time that so much time has passed, unless that
// is 0. Await returns false when unwanted is closed.
func (n *Notice) Await(quiescent func() bool, unwanted <-chan struct{}, every time.Duration) bool {
	var tick <-chan time.Time
	if every > 0 {
		ticker := time.NewTicker(every)
		defer ticker.Stop()
		tick = ticker.C
	}
	for !quiescent() {
		for yield.Enabled && !n.given.Load() && !isClosed(unwanted) && yield.Wait("grace period") {
		}
		if yield.Enabled && n.given.Swap(false) {
			continue
		}
		select {
		case <-n.c:
			n.given.Store(false)
		case <-tick:
		case <-unwanted:
			return false
		}
	}
	return true
}

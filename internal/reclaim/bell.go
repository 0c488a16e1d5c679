package reclaim

import (
	"sync/atomic"

	"hazptr/internal/fence"
	"hazptr/internal/yield"
)

// A bell wakes the scanner. A Retire or a worker rings it without knowing the
// scanner.
type bell struct {
	// state is asleep, awake or resting. Every Retire reads it, and open, so
	// this cache line must seldom change.
	state atomic.Uint32
	open  atomic.Bool // since the beginning, until Close

	wake  chan struct{} // has room for one: cuts the scanner's wait short
	start func()        // the scanner's goroutine
}

const (
	asleep = iota // no scanner runs, and nothing waits for one

	// A scanner runs, and will look at the queues again before it ends or
	// rests.
	awake

	// A scanner waits until it has to look again at objects that were
	// protected. For others it must be woken, or a caller of Retire makes the
	// pass.
	resting
)

// ring starts a scanner unless there is one, and wakes one that rests.
func (b *bell) ring() {
	if yield.Enabled {
		yield.Here("rouse")
	}
	switch {
	case b.state.CompareAndSwap(asleep, awake):
		go b.start()
	case b.state.CompareAndSwap(resting, awake):
		b.cutShort()
	}
}

// cutShort ends the scanner's wait between two passes.
func (b *bell) cutShort() {
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// leave changes the state from awake to another, unless the scanner is wanted,
// and reports whether it is so. It calls stored as soon as the state is stored.
func (b *bell) leave(to uint32, stored func(), wanted func() bool) bool {
	// [asleep] From here on a goroutine that sees it starts a scanner, wakes
	// this one, or makes a pass itself.
	if yield.Enabled {
		yield.Here("asleep")
	}
	b.state.Store(to)
	stored()
	// A Retire may have stored [append] and, before the store above, read that
	// the scanner is awake. Either its [awake?] comes after this fence, and
	// sees that it is not; or its [append] came before, and the [last look]
	// sees it.
	fence.Heavy()
	// If the swap fails, another scanner has been started, or this one was
	// woken.
	if yield.Enabled {
		yield.Here("last look")
	}
	return !wanted() || !b.state.CompareAndSwap(to, awake) // [last look]
}

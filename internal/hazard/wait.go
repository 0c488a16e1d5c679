package hazard

import (
	"sync/atomic"
	"time"
	"unsafe"

	"hazptr/internal/fence"
	"hazptr/internal/linger"
	"hazptr/internal/yield"
)

// How long Wait sleeps between two looks at the slots.
const (
	minWaitSleep = 20 * time.Microsecond
	maxWaitSleep = time.Millisecond
	untold       = 2 * time.Second // with a channel that tells
)

// Wait waits until no slot holds p, which the caller has unlinked, or ended is
// closed. It returns how many slots hold p, and whether it has looked at them
// at all. Where left is not nil, Wait looks when it receives from left, or when
// it has not for two seconds; when left is closed it goes on as without.
//
// No function of a user's is called: a panic would leave a look under way.
func Wait(ended <-chan struct{}, p unsafe.Pointer, left <-chan struct{}) (holding int, looked bool) {
	held, looked := synchronizing.holding(ended, p)
	if !looked || len(held) == 0 {
		return 0, looked
	}
	if left == nil && linger.Until(func() bool { held = stillHolding(held, p); return len(held) == 0 }) {
		return 0, true
	}
	timer := time.NewTimer(minWaitSleep)
	defer timer.Stop()
	for sleep := minWaitSleep; ; sleep = min(2*sleep, maxWaitSleep) {
		if held = stillHolding(held, p); len(held) == 0 {
			return 0, true
		}
		if left == nil {
			if yield.Enabled && !closed(ended) && yield.Wait("synchronize") {
				continue
			}
			timer.Reset(sleep)
		} else {
			timer.Reset(untold)
		}
		select {
		case <-timer.C:
		case _, open := <-left:
			if !open {
				left = nil
			}
			// What was sent may be older than what another reader wanted to
			// send, which found the channel full and went on. Its store need
			// not be visible yet, and it will not tell again. If the store
			// isn't visible by now, the fence makes it so, before Wait goes on
			// waiting.
			if held = stillHolding(held, p); len(held) > 0 {
				fence.Heavy()
			}
		case <-ended:
			return len(held), true
		}
	}
}

func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// stillHolding returns those of the slots that hold p yet. No others will, so
// only these need be looked at again.
func stillHolding(held []*uintptr, p unsafe.Pointer) []*uintptr {
	still := held[:0]
	for _, hazard := range held {
		if yield.Enabled {
			yield.Here("look")
		}
		if atomic.LoadUintptr(hazard) == uintptr(p) { // [look]
			still = append(still, hazard)
		}
	}
	return still
}

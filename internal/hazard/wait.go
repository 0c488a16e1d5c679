package hazard

import (
	"runtime"
	"slices"
	"time"
	"unsafe"

	"hazptr/internal/goroutine"
)

// Wait waits until no slot holds p, which the caller has unlinked, or ended is
// closed. It returns how many slots hold p, and whether it has looked at them
// at all.
//
// No function of a user's is called: a panic would leave a look under way.
func Wait(ended <-chan struct{}, p unsafe.Pointer) (holding int, looked bool) {
	// Another object that came to have the address would be waited for, too.
	defer runtime.KeepAlive(p)
	if goroutine.Bubbled() {
		return waitAlone(ended, p), true
	}
	held, looked := synchronizing.holding(ended, p)
	if !looked || held == nil {
		return 0, looked
	}
	return held.wait(ended), true
}

// waitAlone is Wait without other goroutines, which looks again and again. Time
// costs nothing in a bubble.
func waitAlone(ended <-chan struct{}, p unsafe.Pointer) (holding int) {
	held := alone(p)
	timer := time.NewTimer(maxGlance)
	defer timer.Stop()
	for {
		held = slices.DeleteFunc(held, func(s *Slot) bool { return !s.Holds(uintptr(p)) })
		if len(held) == 0 {
			return 0
		}
		timer.Reset(minGlance)
		select {
		case <-timer.C:
		case <-ended:
			return len(held)
		}
	}
}

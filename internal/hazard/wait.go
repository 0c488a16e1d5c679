package hazard

import (
	"runtime"
	"slices"
	"time"
	"unsafe"

	"hazptr/internal/fence"
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

// Ask looks which slots hold p, which the caller has unlinked. If none does, it
// returns nil, and otherwise a function that waits until none does. The caller
// must keep p alive until that has returned: another object that came to have
// the address would be waited for, too.
func Ask(p unsafe.Pointer) (wait func()) {
	if goroutine.Bubbled() {
		if held := alone(p); len(held) > 0 {
			return func() { waitFor(held, nil, p) }
		}
		return nil
	}
	held, _ := synchronizing.holding(nil, p)
	if held == nil {
		return nil
	}
	return func() { held.wait(nil) }
}

// Count returns how many slots hold each of these addresses.
func Count(addresses []uintptr) (holding []int) {
	fence.Heavy() // a reader that has just come is counted, too
	var l Look
	l.Ask(len(addresses))
	for _, p := range addresses {
		l.About(p)
	}
	l.All()
	for _, p := range addresses {
		n := 0
		for range l.Holding(p) {
			n++
		}
		holding = append(holding, n)
	}
	return holding
}

// waitAlone is Wait without other goroutines, which looks again and again. Time
// costs nothing in a bubble.
func waitAlone(ended <-chan struct{}, p unsafe.Pointer) (holding int) {
	return waitFor(alone(p), ended, p)
}

func waitFor(held []*Slot, ended <-chan struct{}, p unsafe.Pointer) (holding int) {
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

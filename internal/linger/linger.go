// Package linger waits for what is soon over: a reader's section, mostly, which takes microseconds. A timer is no use for that: where the machine is idle the runtime
// waits for a millisecond at least (epoll_wait). So it looks again and again, and lets other goroutines run in between; of all that the process waits for in this way, for
// no more than a twentieth of the time, so that nobody pays for readers who stay.
package linger

import (
	"runtime"
	"sync/atomic"
	"time"

	"hazptr/internal/yield"
)

const (
	// Most is how long one call of Until takes, at most: it can be saved up.
	Most = 250 * time.Microsecond

	share = 20 // lingering takes one part in so many of the time

	least = 20 * time.Microsecond // less isn't worth it

	// maxLooks ends a call where the clock stands still, as in a bubble of testing/synctest.
	maxLooks = 10_000
)

// paid is the time since epoch up to which the time is paid for that was lingered. It is later than now when too much was.
var (
	epoch = time.Now()
	paid  atomic.Int64
)

// Until returns true as soon as done does, and false when it must no longer be waited for in this way.
func Until(done func() bool) bool {
	if done() {
		return true
	}
	if yield.Enabled && yield.Alone() {
		return false // time tells nothing there
	}
	begun := time.Since(epoch)
	granted := grant(&paid, begun)
	spent := time.Duration(0)
	ended := false
	for looks := 0; spent < granted && !ended && looks < maxLooks; looks++ {
		runtime.Gosched()
		ended = done()
		spent = time.Since(epoch) - begun
	}
	paid.Add(-int64(granted-spent) * share) // what was granted and not taken, or taken and not granted
	return ended
}

// grant takes what may be lingered at the time now.
func grant(paid *atomic.Int64, now time.Duration) time.Duration {
	for {
		before := paid.Load()
		from := max(before, int64(now-share*Most))
		granted := (int64(now) - from) / share
		if granted < int64(least) {
			return 0
		}
		if paid.CompareAndSwap(before, from+granted*share) {
			return time.Duration(granted)
		}
	}
}

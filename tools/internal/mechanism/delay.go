package mechanism

import (
	"runtime"
	"time"
)

// A Delay is time that is spent inside a read section, as a number of turns of an idle loop: to look at a clock takes 20 to 50 ns, too
// long for the delays that are asked for.
type Delay int

// NewDelay measures the idle loop and returns a Delay of about d.
func NewDelay(d time.Duration) Delay {
	if d <= 0 {
		return 0
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	const turns = 100_000
	fastest := time.Duration(1<<63 - 1)
	for range 9 {
		start := time.Now()
		_ = idle(turns)
		fastest = min(fastest, time.Since(start))
	}
	return max(1, Delay(float64(turns)*float64(d)/float64(fastest)))
}

// Spend takes the time of the Delay; the zero Delay takes none.
func (d Delay) Spend() {
	if d > 0 {
		_ = idle(d)
	}
}

// idle is a chain of dependent multiplications, which no processor shortens.
//
//go:noinline
func idle(turns Delay) uint64 {
	x := uint64(turns)
	for range turns {
		x = x*6364136223846793005 + 1442695040888963407
	}
	return x
}

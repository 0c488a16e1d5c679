package way

import (
	"runtime"
	"time"
)

// A Delay is time that is spent inside a read section, as a number of turns of
// an idle loop: to look at a clock takes 20 to 50 ns, too long for the delays
// that are asked for.
type Delay int

// NewDelay measures the idle loop and returns a Delay of about d.
func NewDelay(d time.Duration) Delay {
	if d <= 0 {
		return 0
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	const turns = 50_000
	fastest := time.Duration(1<<63 - 1)
	for range 9 {
		start := time.Now()
		_ = idle(turns, 1)
		fastest = min(fastest, time.Since(start))
	}
	return max(1, Delay(float64(turns)*float64(d)/float64(fastest)))
}

// Spend takes the time of the Delay; the zero Delay takes none. It returns x,
// which must be the sum of what was read so far: the processor cannot begin the
// delay of one read before that of the read before has ended.
func (d Delay) Spend(x uint64) uint64 {
	if d > 0 {
		return idle(d, x)
	}
	return x
}

// Multiplied by there and then by back, its inverse modulo 2 to the 64, a
// number is what it was. They are variables so that the compiler doesn't know.
var there, back uint64 = 6364136223846793005, 13877824140714322085

// idle returns x after a chain of multiplications, of which each waits for the
// one before.
//
//go:noinline
func idle(turns Delay, x uint64) uint64 {
	a, b := there, back
	for range turns {
		x = x * a * b
	}
	return x
}

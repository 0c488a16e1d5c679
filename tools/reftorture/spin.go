package main

import (
	"math"
	"runtime"
	"time"
)

// spin keeps the core busy for about d. It does not look at the clock, which
// would take longer than some of the times wanted.
func (t *torture) spin(d time.Duration) { idle(int(d) * t.nap / 1000) }

// measureNap returns how many turns idle makes in a microsecond.
func measureNap() int {
	const turns = 20_000
	fastest := time.Duration(math.MaxInt64)
	for range 9 {
		begun := time.Now()
		idle(turns)
		fastest = min(fastest, time.Since(begun))
	}
	return max(1, int(turns*time.Microsecond/max(1, fastest)))
}

//go:noinline
func idle(turns int) {
	x := uint64(0)
	for i := range turns {
		x = x*0x9E3779B97F4A7C15 + uint64(i)
	}
	runtime.KeepAlive(x)
}

package litmus

import (
	"runtime"
	"sync/atomic"
)

// Looks counts the turns of a loop that waits for nothing. Where there is one
// P, or nothing preempts a goroutine, the others need to be let run.
type Looks int

// Next lets other goroutines run once in a while.
func (l *Looks) Next() {
	if *l++; *l%1000 == 0 {
		runtime.Gosched()
	}
}

// Busy occupies a P until stop is true. It does not yield, but where nothing
// would preempt it.
func Busy(stop *atomic.Bool) {
	for looks := 1; !stop.Load(); looks++ {
		preemptible(1)
		if runtime.GOARCH == "wasm" && looks%1_000_000 == 0 {
			runtime.Gosched()
		}
	}
}

// preemptible calls a function, where a goroutine can be preempted also with
// GODEBUG=asyncpreemptoff=1.
//
//go:noinline
func preemptible(n int) {
	if n > 0 {
		preemptible(n - 1)
	}
}

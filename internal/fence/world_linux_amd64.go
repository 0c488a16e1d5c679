//go:build gc && !race && !hazptr_readerfence && !hazptr_nofence

package fence

import (
	"runtime"
	"sync"
)

var world struct {
	sync.Mutex
	stats runtime.MemStats // kilobytes that need not be on a stack
}

// stopTheWorld stops and starts every goroutine. A goroutine stops at a safe
// point, where it hands its P over by an atomic operation. On amd64 stores stay
// in order, so its stores are visible by the time the operation is. Its next
// load comes after the start.
//
// ReadMemStats is the one public function that does nothing longer while the
// world stands still. TestReadMemStatsStopsTheWorld checks that it does.
func stopTheWorld() {
	world.Lock()
	defer world.Unlock()
	runtime.ReadMemStats(&world.stats)
}

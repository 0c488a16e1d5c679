//go:build gc && !race && !hazptr_readerfence && !hazptr_nofence

package fence

import (
	"runtime"
	"sync"
)

var world struct {
	sync.Mutex
	stats runtime.MemStats // kilobytes that need not be on anybody's stack
}

// stopTheWorld stops and starts every goroutine. A goroutine stops at a safe point, where it hands its P over by an atomic operation; its stores,
// which amd64 keeps in order, are visible by the time that the operation is, and its next load comes after the start.
//
// ReadMemStats is the one public function that does nothing longer while the world stands still. TestReadMemStatsStopsTheWorld watches over it.
func stopTheWorld() {
	world.Lock()
	defer world.Unlock()
	runtime.ReadMemStats(&world.stats)
}

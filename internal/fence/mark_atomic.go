//go:build !linux || !amd64 || !gc || race || hazptr_readerfence

package fence

import (
	"sync/atomic"

	"hazptr/internal/yield"
)

// Mark ensures that v is stored. A goroutine that sees v, or a value stored
// over it, sees what the caller published before. Mark seldom needs a store.
// The publication was a sequentially consistent store and comes before the load
// here. A goroutine that replaces the v that is loaded here does so after the
// load, and so after the publication.
func Mark(word *uint32, v uint32) {
	if yield.Enabled {
		yield.Here("mark")
	}
	if atomic.LoadUint32(word) != v {
		if yield.Enabled {
			yield.Here("mark")
		}
		atomic.StoreUint32(word, v)
	}
}

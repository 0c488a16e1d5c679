//go:build !linux || !amd64 || !gc || race || hazptr_readerfence

package fence

import (
	"sync/atomic"

	"hazptr/internal/yield"
)

// Mark sees to it that v is stored: whoever sees it, or what is stored over it, sees what the caller published before. It seldom needs a store: what was published, by a
// sequentially consistent store, comes before this load, so that whoever replaces the v that it sees does so after that.
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

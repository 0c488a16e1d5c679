//go:build !linux || !amd64 || !gc || race || hazptr_readerfence

package fence

import (
	"sync/atomic"

	"hazptr/internal/yield"
)

// Publish stores v before any later atomic load of the caller. It is XCHG on
// amd64, and STLR on arm64, which LDAR does not overtake.
func Publish(word *uintptr, v uintptr) {
	if yield.Enabled {
		yield.Here("publish")
	}
	atomic.StoreUintptr(word, v)
}

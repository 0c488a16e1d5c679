//go:build !amd64 || !gc || race

package fence

import (
	"sync/atomic"

	"hazptr/internal/yield"
)

// Release stores v. A goroutine that sees v sees all that the caller did
// before. On arm64 it is STLR: a plain store could become visible before the
// caller's earlier loads of an object whose protection it ends.
func Release(word *uintptr, v uintptr) {
	if yield.Enabled {
		yield.Here("release")
	}
	atomic.StoreUintptr(word, v)
}

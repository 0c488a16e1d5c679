//go:build gc && !race && !hazptr_nofence && (!linux || hazptr_readerfence)

package fence

import "sync/atomic"

// Light orders a Release of the caller before its later atomic loads. There is no Heavy that would do it, and Release is a plain store here.
func Light() {
	var word uintptr
	atomic.StoreUintptr(&word, 0) // XCHG
}

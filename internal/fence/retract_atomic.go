//go:build !amd64 || !gc || race

package fence

import "sync/atomic"

// Retract stores zero as a release: all that the caller did before is seen by whoever sees the zero. On arm64 it is STLR: a plain store could
// become visible before the caller's earlier loads of the object.
func Retract(word *uintptr) { atomic.StoreUintptr(word, 0) }

//go:build !linux || !amd64 || !gc || race || hazptr_readerfence

package fence

import "sync/atomic"

// Publish stores v before any later atomic load of the caller: XCHG on amd64, STLR on arm64, which LDAR does not overtake.
func Publish(word *uintptr, v uintptr) { atomic.StoreUintptr(word, v) }

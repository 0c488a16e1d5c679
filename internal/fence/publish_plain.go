//go:build linux && amd64 && gc && !race && !hazptr_readerfence

package fence

import "hazptr/internal/yield"

// Publish stores v so that a Heavy of another goroutine orders it before the
// caller's later atomic loads.
//
// The compiler keeps the store in its place. It does not move memory operations
// over the atomic load that must follow. The load also counts as a use of all
// memory, so the store is not dead when another one to the same word comes
// after. TestCompiledCode holds the compiler to that.
func Publish(word *uintptr, v uintptr) {
	if yield.Enabled {
		yield.Here("publish")
	}
	*word = v
}

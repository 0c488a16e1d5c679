//go:build linux && amd64 && gc && !race && !hazptr_readerfence

package fence

import "hazptr/internal/yield"

// Mark stores v. A goroutine that sees v, or a value stored over it, sees what
// the caller published before. The publication was a plain store; on amd64
// stores become visible in their order.
func Mark(word *uint32, v uint32) {
	if yield.Enabled {
		yield.Here("mark")
	}
	*word = v
}

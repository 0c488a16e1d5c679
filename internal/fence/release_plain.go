//go:build amd64 && gc && !race

package fence

import "hazptr/internal/yield"

// Release stores v: all that the caller did before is seen by whoever sees it. On amd64 each store is one.
func Release(word *uintptr, v uintptr) {
	if yield.Enabled {
		yield.Here("release")
	}
	*word = v
}

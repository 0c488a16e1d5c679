//go:build amd64 && gc && !race

package fence

import "hazptr/internal/yield"

// Release stores v. A goroutine that sees v sees all that the caller did
// before. On amd64 every store is a release.
func Release(word *uintptr, v uintptr) {
	if yield.Enabled {
		yield.Here("release")
	}
	*word = v
}

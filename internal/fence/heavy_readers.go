//go:build !linux || !amd64 || !gc || race || hazptr_readerfence

package fence

import "hazptr/internal/yield"

func init() { start(unneeded) }

// Heavy does nothing: Publish carries the fence.
func Heavy() {
	if yield.Enabled {
		yield.Here("heavy")
	}
}

// Kind tells what Heavy does at present.
func Kind() string { return Readers }

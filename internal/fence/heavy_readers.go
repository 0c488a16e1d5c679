//go:build !linux || !amd64 || !gc || race || hazptr_readerfence

package fence

import "hazptr/internal/yield"

func init() {
	start(func() error { return nil }) // there is no membarrier to register for
}

// Heavy does nothing: Publish carries the fence.
func Heavy() {
	if yield.Enabled {
		yield.Here("heavy")
	}
}

// Kind tells what Heavy does at present.
func Kind() string { return Readers }

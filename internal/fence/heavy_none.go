//go:build linux && amd64 && gc && !race && !hazptr_readerfence && hazptr_nofence

package fence

import "hazptr/internal/yield"

func init() {
	start(func() error { return nil }) // there is no membarrier to register for
}

// Heavy does nothing, although Publish relies on it. This build is wrong on
// purpose.
func Heavy() {
	if yield.Enabled {
		yield.Here("heavy")
	}
}

// Kind tells what Heavy does at present.
func Kind() string { return None }

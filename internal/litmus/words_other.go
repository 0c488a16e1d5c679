//go:build !linux

package litmus

// words returns n words.
func words(n int) []uint64 { return make([]uint64, n) }

//go:build hazptr_yield

// Package perproc gives storage to each P, the runtime's processor, keeps
// variables on cache lines apart, and pins a goroutine to the P it runs on.
package perproc

import (
	_ "unsafe" // for go:linkname

	"hazptr/internal/yield"
)

//go:linkname pin runtime.procPin
func pin() int

//go:linkname unpin runtime.procUnpin
func unpin()

// Pin pins the caller to a P of the Runner that runs it, or to the runtime's.
func Pin() int {
	if p, pinned := yield.Pin(); pinned {
		return p
	}
	return pin()
}

// Unpin undoes one Pin.
func Unpin() {
	if !yield.Unpin() {
		unpin()
	}
}

//go:build hazptr_yield

package interleave

import "unsafe"

// identity returns what runtime/pprof has set for the calling goroutine: the
// labels of a [Thread], or nil. A goroutine that a Thread starts has the same
// labels. So what is run here must not start one that comes to a point. (To
// read the number of the goroutine from its stack takes a thousand times as
// long.)
//
// The runtime lets others use it by that name (go.dev/issue/67401).
//
//go:linkname identity runtime/pprof.runtime_getProfLabel
func identity() unsafe.Pointer

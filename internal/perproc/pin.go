//go:build !hazptr_yield

// Package perproc gives storage to each P, the runtime's processor, keeps
// variables on cache lines apart, and pins a goroutine to the P it runs on.
//
// Every linkname by which the library reaches into the runtime is in this file.
package perproc

import _ "unsafe" // for go:linkname

// Pin keeps the calling goroutine on its P until Unpin and returns the P's
// number, which is below GOMAXPROCS.
//
// A pinned goroutine is not preempted and holds up the garbage collector: stay
// pinned for nanoseconds, don't block, don't allocate and don't call a user's
// function. Pins nest.
//
// The runtime marks procPin and procUnpin "do not remove or change the type
// signature" (go.dev/issue/67401).
//
//go:linkname Pin runtime.procPin
func Pin() int

// Unpin undoes one Pin. It must be called by the goroutine that pinned.
//
//go:linkname Unpin runtime.procUnpin
func Unpin()

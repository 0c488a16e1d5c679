//go:build hazptr_yield

package yield

import "sync/atomic"

// Enabled reports whether there are points at which others may run.
const Enabled = true

var installed atomic.Pointer[Runner]

var (
	starts []func() (undo func())
	undos  []func()
)

// AtStart has f called whenever a Runner is installed, and what f returns when
// the Runner goes. It is for init functions of packages that have storage for
// the whole process.
func AtStart(f func() (undo func())) { starts = append(starts, f) }

// Install makes r the Runner, or ends the time of the last one where r is nil.
func Install(r Runner) {
	if r == nil {
		installed.Store(nil)
		for _, undo := range undos {
			undo()
		}
		undos = undos[:0]
		return
	}
	installed.Store(&r)
	for _, start := range starts {
		undos = append(undos, start())
	}
}

// Here lets the Runner choose which goroutine goes on, if the caller is one of
// its goroutines.
func Here(point string) {
	if r := installed.Load(); r != nil {
		(*r).Here(point)
	}
}

// Wait lets the goroutines go on that the caller waits for. It returns false at
// once to a goroutine that no Runner runs.
func Wait(point string) bool {
	r := installed.Load()
	return r != nil && (*r).Wait(point)
}

// Alone reports whether a Runner runs the caller. Then no other goroutine runs,
// and whatever another one did comes before what the caller does next.
func Alone() bool {
	r := installed.Load()
	return r != nil && (*r).Runs()
}

// Pin pins the caller to the P that it returns, or returns false to a goroutine
// that no Runner runs.
func Pin() (p int, pinned bool) {
	r := installed.Load()
	if r == nil {
		return 0, false
	}
	return (*r).Pin()
}

// Unpin undoes one Pin.
func Unpin() bool {
	r := installed.Load()
	return r != nil && (*r).Unpin()
}

// Procs returns how many Ps there are to make storage for, or 0 for those of
// the runtime.
func Procs() int {
	r := installed.Load()
	if r == nil {
		return 0
	}
	return (*r).Procs()
}

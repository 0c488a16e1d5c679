//go:build !hazptr_yield

package yield

// Enabled reports whether there are points at which others may run.
const Enabled = false

// Install does nothing: there are no points. A Runner's goroutines take turns
// at the calls in their own code.
func Install(Runner) {}

// Here does nothing.
func Here(point string) {}

// Wait returns false: the caller has to wait otherwise.
func Wait(point string) bool { return false }

// Alone returns false: others may run at the same time.
func Alone() bool { return false }

// Pin returns false: the caller has to pin itself otherwise.
func Pin() (p int, pinned bool) { return 0, false }

// Unpin returns false.
func Unpin() bool { return false }

// Procs returns 0: there are as many Ps as the runtime has.
func Procs() int { return 0 }

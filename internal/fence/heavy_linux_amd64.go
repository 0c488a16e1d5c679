//go:build gc && !race && !hazptr_readerfence && !hazptr_nofence

package fence

import (
	"sync/atomic"
	"syscall"

	"hazptr/internal/yield"
)

// From the kernel's include/uapi/linux/membarrier.h and
// arch/x86/entry/syscalls/syscall_64.tbl.
const (
	sysMembarrier            = 324
	privateExpedited         = 1 << 3
	registerPrivateExpedited = 1 << 4
)

// stopping is set when Heavy stops the world: from the start, or from the first
// failure of membarrier on.
var stopping atomic.Bool

func init() { stopping.Store(start(register)) }

// register asks the kernel for privateExpedited, which it refuses before.
func register() error {
	if errno := membarrier(registerPrivateExpedited); errno != 0 {
		return errno
	}
	return nil
}

// Heavy orders, on every thread of the process, the stores before some point
// within the call before the loads after that point. It also orders the
// caller's own.
//
// A thread that runs is interrupted, and the interrupt drains its stores. A
// thread that does not run went through a context switch, which does the same
// (membarrier(2), "a full memory barrier on all running threads of the
// process").
func Heavy() {
	if yield.Enabled && yield.Alone() {
		yield.Here("heavy")
		return
	}
	if !stopping.Load() {
		if errno := membarrier(privateExpedited); errno == 0 {
			return
		}
		// For example, a seccomp filter was installed meanwhile. It won't go
		// away.
		stopping.Store(true)
	}
	stopTheWorld()
}

// Kind tells what Heavy does at present.
func Kind() string {
	if stopping.Load() {
		return StopTheWorld
	}
	return Membarrier
}

func membarrier(command uintptr) syscall.Errno {
	_, _, errno := syscall.Syscall(sysMembarrier, command, 0, 0)
	return errno
}

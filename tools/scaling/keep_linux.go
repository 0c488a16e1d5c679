package main

import (
	"syscall"
	"unsafe"
)

// keep keeps the caller's P for some milliseconds without using a core: the
// scheduler does not know of the system call.
func keep() {
	pause := syscall.NsecToTimespec(20e6)
	// That a signal ends it does no harm.
	_, _, _ = syscall.RawSyscall(syscall.SYS_NANOSLEEP, uintptr(unsafe.Pointer(&pause)), 0, 0)
}

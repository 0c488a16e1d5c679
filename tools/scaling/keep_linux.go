package main

import (
	"syscall"
	"unsafe"
)

// keep keeps the caller's P for some milliseconds without using a core: the
// scheduler does not know of the system call.
func keep() {
	pause := syscall.NsecToTimespec(20e6)
	_, _, _ = syscall.RawSyscall(syscall.SYS_NANOSLEEP, uintptr(unsafe.Pointer(&pause)), 0, 0) // that a signal ends it does no harm
}

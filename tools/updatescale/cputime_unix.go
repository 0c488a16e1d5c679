//go:build unix

package main

import (
	"runtime"
	"syscall"
	"time"
)

// processTime returns the time that all threads of the process have taken, and
// whether the system tells. A thread that runs may be some milliseconds ahead
// of what the system has counted.
func processTime() (time.Duration, bool) { return usage(syscall.RUSAGE_SELF) }

// threadTime returns the time that the calling thread has taken, and whether
// the system tells. The caller must be locked to it.
func threadTime() (time.Duration, bool) {
	const thread = 1 // RUSAGE_THREAD, which package syscall does not have
	if runtime.GOOS != "linux" {
		return 0, false
	}
	return usage(thread)
}

func usage(of int) (time.Duration, bool) {
	var u syscall.Rusage
	if err := syscall.Getrusage(of, &u); err != nil {
		return 0, false
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), true
}

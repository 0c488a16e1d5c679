//go:build unix

package cputime

import (
	"syscall"
	"time"
)

func process() (time.Duration, bool) { return usage(syscall.RUSAGE_SELF) }

func usage(who int) (time.Duration, bool) {
	var u syscall.Rusage
	if err := syscall.Getrusage(who, &u); err != nil {
		return 0, false
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), true
}

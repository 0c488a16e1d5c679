//go:build unix

package hazptr

import (
	"syscall"
	"time"
)

// cpuTime returns the time that all threads of the process have spent on a
// processor.
func cpuTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

//go:build !unix

package hazptr

import "time"

var start = time.Now()

// cpuTime returns the time that has passed: these systems tell the processor's
// in ways of their own.
func cpuTime() time.Duration { return time.Since(start) }

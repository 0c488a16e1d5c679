// Package cputime tells how long the process and its threads have run on a processor.
package cputime

import "time"

// Process returns the time that all threads of the process have taken, and whether the system tells. A thread that runs may be some milliseconds ahead of
// what the system has counted.
func Process() (time.Duration, bool) { return process() }

// Thread returns the time that the calling thread has taken, and whether the system tells. The caller must be locked to it.
func Thread() (time.Duration, bool) { return thread() }

// Package race tells the other packages whether the race detector is compiled
// in.
//
// The detector knows nothing of pinning and of asymmetric fences. Memory that
// one pinned goroutine at a time may write looks unprotected to it. Packages
// that rely on either use real atomics when Enabled is true.
package race

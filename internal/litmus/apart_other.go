//go:build !linux

package litmus

// Apart does nothing here. The system has no way, or another one, to tell
// threads where to run.
func Apart(int) (end func()) { return func() {} }

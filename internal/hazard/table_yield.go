//go:build hazptr_yield

package hazard

import (
	"sync"

	"hazptr/internal/perproc"
	"hazptr/internal/yield"
)

// A Runner begins with slots in which no other has left traces, so that the
// same bytes give the same interleaving, and with locks that no failed Runner
// holds.
func init() {
	yield.AtStart(func() (undo func()) {
		banks := guards.banks
		guards.banks = perproc.NewLocal[guardBank]()
		guards.closing, holders.mu = sync.Mutex{}, sync.Mutex{}
		synchronizing = sharedLook{}
		return func() { guards.banks = banks }
	})
}

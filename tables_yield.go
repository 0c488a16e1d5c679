//go:build hazptr_yield

package hazptr

import (
	"sync"

	"hazptr/internal/perp"
	"hazptr/internal/yield"
)

// A Runner begins with slots that nobody has left traces in, so that the same bytes give the same interleaving; and with locks that none holds which has failed.
func init() {
	yield.AtStart(func() (undo func()) {
		banks := guards.banks
		guards.banks = perp.NewLocal[guardBank]()
		guards.closing, holders.mu = sync.Mutex{}, sync.Mutex{}
		synchronizing = sharedLook{}
		return func() { guards.banks = banks }
	})
}

package hazptr

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"
	"unsafe"

	"hazptr/internal/fence"
)

// Synchronize waits until no hazard pointer protects p, which the caller has unlinked: on a nil error the caller may end the object at once. If ctx ends first,
// it returns an error that wraps ctx's and says how many hazard pointers hold p; the object is then still the caller's, to wait again or to retire.
//
// It may be called by any goroutine, from reclaim functions too, but not by one that itself protects p: that would wait for itself. No domain takes
// part. Synchronize panics when p is nil, and for a T of size zero.
//
// In the terminology of the Go memory model, the end of each protection of p "synchronizes before" the return of Synchronize.
//
// It is the kernel's hazptr_synchronize (2026).
func Synchronize[T any](ctx context.Context, p *T) error {
	if unsafe.Sizeof(*p) == 0 {
		panic("hazptr: Synchronize on a zero-size type, whose objects share an address")
	}
	if p == nil {
		panic("hazptr: Synchronize on nil")
	}
	return synchronize(ctx, unsafe.Pointer(p))
}

const maxSynchronizeSleep = time.Millisecond

func synchronize(ctx context.Context, p unsafe.Pointer) error {
	fence.Heavy() // between the caller's unlinking and the look at the hazards, see appendHazards
	held := holding(p)
	if len(held) == 0 {
		return nil
	}
	timer := time.NewTimer(minPatience)
	defer timer.Stop()
	for patience := minPatience; ; patience = min(2*patience, maxSynchronizeSleep) {
		// No slot but these will hold p, so only these need be looked at again.
		still := held[:0]
		for _, hazard := range held {
			if atomic.LoadUintptr(hazard) == uintptr(p) {
				still = append(still, hazard)
			}
		}
		held = still
		if len(held) == 0 {
			return nil
		}
		timer.Reset(patience)
		select {
		case <-timer.C:
		case <-ctx.Done():
			return fmt.Errorf("hazptr: Synchronize: hazard pointers that hold the object: %d: %w", len(held), ctx.Err())
		}
	}
}

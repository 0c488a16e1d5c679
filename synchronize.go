package hazptr

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"
	"unsafe"

	"hazptr/internal/fence"
	"hazptr/internal/linger"
	"hazptr/internal/yield"
)

// Synchronize waits until no hazard pointer protects p, which the caller has
// unlinked: on a nil error the caller may end the object at once. If ctx ends
// first, it returns an error that wraps ctx's and says how many hazard pointers
// hold p, or that no look at them has begun yet since another one was under way;
// the object is then still the caller's, to wait again or to retire.
//
// It may be called by any goroutine, from reclaim functions too, but not by one
// that itself protects p: that would wait for itself. No domain takes part.
// Synchronize panics when ctx or p is nil, and for a T of size zero.
//
// Calls at the same time share one fence and one look at all hazard pointers;
// after that each looks, now and then, at those that held its object. While
// Synchronize waits it is parked.
//
// In the terminology of the Go memory model, the end of each protection of p
// "synchronizes before" the return of Synchronize.
//
// It is the kernel's hazptr_synchronize (2026).
func Synchronize[T any](ctx context.Context, p *T) error {
	checkSynchronize("Synchronize", p)
	if err := synchronize(ctx, "Synchronize", unsafe.Pointer(p), nil); err != nil {
		return err
	}
	if checking {
		checkSynchronized(unsafe.Pointer(p), unsafe.Sizeof(*p))
	}
	return nil
}

// SynchronizeOn is [Synchronize] for readers who tell when they leave: it does not look again from time to time, but when it receives from left. So it returns as soon
// as it has been told, and costs next to nothing while it waits. It does look every two seconds: a reader of something else may have had the same address before and
// publish it late, without knowing of left.
//
// Whoever ends a protection of p must then send to left, or find that something is in it already; also whoever called Acquire or Protect for the source that p was in and got
// something else, since p may have been published meanwhile. When left is closed, SynchronizeOn goes on as Synchronize.
func SynchronizeOn[T any](ctx context.Context, p *T, left <-chan struct{}) error {
	checkSynchronize("SynchronizeOn", p)
	if left == nil {
		panic("hazptr: SynchronizeOn with a nil channel")
	}
	if err := synchronize(ctx, "SynchronizeOn", unsafe.Pointer(p), left); err != nil {
		return err
	}
	if checking {
		checkSynchronized(unsafe.Pointer(p), unsafe.Sizeof(*p))
	}
	return nil
}

func checkSynchronize[T any](method string, p *T) {
	if unsafe.Sizeof(*p) == 0 {
		panic("hazptr: " + method + " on a zero-size type, whose objects share an address")
	}
	if p == nil {
		panic("hazptr: " + method + " on nil")
	}
}

const (
	maxSynchronizeSleep = time.Millisecond
	untold              = 2 * time.Second // how long SynchronizeOn waits to be told
)

func synchronize(ctx context.Context, method string, p unsafe.Pointer, left <-chan struct{}) error {
	ended := doneOf(ctx, method)
	held, looked := synchronizing.holding(ended, p)
	if !looked {
		return fmt.Errorf("hazptr: %s: it has not come to a look at the hazard pointers: %w", method, ctx.Err())
	}
	if len(held) == 0 {
		return nil
	}
	if left == nil && linger.Until(func() bool { held = stillHolding(held, p); return len(held) == 0 }) {
		return nil
	}
	timer := time.NewTimer(minPatience)
	defer timer.Stop()
	for patience := minPatience; ; patience = min(2*patience, maxSynchronizeSleep) {
		if held = stillHolding(held, p); len(held) == 0 {
			return nil
		}
		if left == nil {
			if yield.Enabled && !isClosed(ended) && yield.Wait("synchronize") {
				continue
			}
			timer.Reset(patience)
		} else {
			timer.Reset(untold)
		}
		select {
		case <-timer.C:
		case _, open := <-left:
			if !open {
				left = nil
			}
			// What was sent may be older than what somebody else wanted to send, who found the channel full and went on: his store is not visible yet, perhaps, and
			// we won't be told again. If it isn't by now, the fence makes it so, before we wait.
			if held = stillHolding(held, p); len(held) > 0 {
				fence.Heavy()
			}
		case <-ended:
			return fmt.Errorf("hazptr: %s: hazard pointers that hold the object: %d: %w", method, len(held), ctx.Err())
		}
	}
}

// stillHolding returns those of the slots that hold p yet. No others will, so only these need be looked at again.
func stillHolding(held []*uintptr, p unsafe.Pointer) []*uintptr {
	still := held[:0]
	for _, hazard := range held {
		if yield.Enabled {
			yield.Here("look")
		}
		if atomic.LoadUintptr(hazard) == uintptr(p) { // [look]
			still = append(still, hazard)
		}
	}
	return still
}

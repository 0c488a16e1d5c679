package hazptr

import (
	"context"
	"fmt"
	"reflect"
	"unsafe"

	"hazptr/internal/check"
	"hazptr/internal/hazard"
)

// Synchronize waits until no hazard pointer protects p, which the caller has
// unlinked: on a nil error the caller may end the object at once. If ctx ends
// first, it returns an error that wraps ctx's and says how many hazard pointers
// hold p, or that no look at them has begun yet since another one was under
// way; the object is then still the caller's, to wait again or to retire.
//
// It may be called by any goroutine, from reclaim functions too, but not by one
// that itself protects p: that would wait for itself. No domain takes part.
// Synchronize panics when ctx or p is nil, and for a T of size zero.
//
// Calls at the same time share one fence and one look at all hazard pointers;
// after that each looks, now and then, at the ones that held its object. While
// Synchronize waits it is parked.
//
// In the terminology of the Go memory model, the end of each protection of p
// "synchronizes before" the return of Synchronize.
//
// It is the kernel's hazptr_synchronize (2026).
func Synchronize[T any](ctx context.Context, p *T) error {
	checkSynchronize("Synchronize", p)
	return synchronize(ctx, "Synchronize", p, nil)
}

// SynchronizeOn is [Synchronize] for readers that tell when they leave. It does
// not look again from time to time, but when it receives from left. So it
// returns as soon as it has been told, and costs next to nothing while it
// waits. It does look every two seconds: a reader of something else may have
// had the same address before and publish it late, without knowing of left.
//
// A reader that ends a protection of p must then send to left, or find that
// something is in it already. So must a reader that called Acquire or Protect
// for the source that p was in and got something else, since p may have been
// published meanwhile. When left is closed, SynchronizeOn goes on as
// Synchronize.
func SynchronizeOn[T any](ctx context.Context, p *T, left <-chan struct{}) error {
	checkSynchronize("SynchronizeOn", p)
	if left == nil {
		panic("hazptr: SynchronizeOn with a nil channel")
	}
	return synchronize(ctx, "SynchronizeOn", p, left)
}

func checkSynchronize[T any](method string, p *T) {
	if unsafe.Sizeof(*p) == 0 {
		panic("hazptr: " + method + " on a zero-size type, whose objects share an address")
	}
	if p == nil {
		panic("hazptr: " + method + " on nil")
	}
}

func synchronize[T any](ctx context.Context, method string, p *T, left <-chan struct{}) error {
	holding, looked := hazard.Wait(doneOf(ctx, method), unsafe.Pointer(p), left)
	switch {
	case !looked:
		return fmt.Errorf("hazptr: %s: it has not come to a look at the hazard pointers: %w", method, ctx.Err())
	case holding > 0:
		return fmt.Errorf("hazptr: %s: hazard pointers that hold the object: %d: %w", method, holding, ctx.Err())
	}
	if check.Enabled {
		check.Synchronized(unsafe.Pointer(p), reflect.TypeOf(p))
	}
	return nil
}

// doneOf returns what is closed when ctx ends. Each method that waits calls it
// first: a context may be of the user's making, and one that panics must leave
// nothing behind.
func doneOf(ctx context.Context, method string) <-chan struct{} {
	if ctx == nil {
		panic("hazptr: " + method + " with a nil Context")
	}
	return ctx.Done()
}

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
// Calls at the same time share one look at all hazard pointers, and its fences.
// After that Synchronize is parked until the readers have notified it. (A
// [Holder] tells of the exception.)
//
// In the terminology of the Go memory model, the end of each protection of p
// "synchronizes before" the return of Synchronize.
//
// It is the kernel's hazptr_synchronize (2026).
func Synchronize[T any](ctx context.Context, p *T) error {
	checkSynchronize("Synchronize", p)
	return synchronize(ctx, "Synchronize", p)
}

func checkSynchronize[T any](method string, p *T) {
	if unsafe.Sizeof(*p) == 0 {
		panic("hazptr: " + method + " on a zero-size type, whose objects share an address")
	}
	if p == nil {
		panic("hazptr: " + method + " on nil")
	}
}

func synchronize[T any](ctx context.Context, method string, p *T) error {
	holding, looked := hazard.Wait(doneOf(ctx, method), unsafe.Pointer(p))
	if !looked || holding > 0 {
		return notFree(method, holding, looked, ctx)
	}
	if check.Enabled {
		check.Synchronized(unsafe.Pointer(p), reflect.TypeOf(p))
	}
	return nil
}

// notFree returns the error of a method that has waited for an object until ctx
// ended.
func notFree(method string, holding int, looked bool, ctx context.Context) error {
	if !looked {
		return fmt.Errorf("hazptr: %s: its look at the hazard pointers has not begun: %w", method, ctx.Err())
	}
	return fmt.Errorf("hazptr: %s: hazard pointers that hold the object: %d: %w", method, holding, ctx.Err())
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

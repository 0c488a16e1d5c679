package keeper

import (
	"context"

	"hazptr"
)

// Held has a hazptr.Holder for each caller, and a domain of that name. An
// object is told to stand for so many bytes, unless bytes is nil.
func Held[T any](name string, bytes func(*T) int64, end func(*T)) Begin[T] {
	return func(first *T) Keeper[T] { return &held[T]{newRetired(name, first, bytes, end)} }
}

// Guarded has a hazptr.Guard for each look, as a program has it whose callers
// come and go, and a domain of that name.
func Guarded[T any](name string, end func(*T)) Begin[T] {
	return func(first *T) Keeper[T] { return &guarded[T]{newRetired(name, first, nil, end)} }
}

// retired protects the object with a hazard pointer.
type retired[T any] struct {
	current *hazptr.Pointer[T]
	domain  *hazptr.Domain
}

func newRetired[T any](name string, first *T, bytes func(*T) int64, end func(*T)) retired[T] {
	domain := hazptr.NewDomain(hazptr.Config{Name: name})
	return retired[T]{hazptr.NewPointer(hazptr.PointerConfig[T]{Reclaim: end, Bytes: bytes, Domain: domain}, first), domain}
}

func (k *retired[T]) Replace(next *T) { k.current.Replace(next) }

func (k *retired[T]) End(ctx context.Context) error {
	k.Replace(nil)
	return k.domain.Close(ctx)
}

type held[T any] struct{ retired[T] }

func (k *held[T]) Visit() (Look[T], func()) {
	h := hazptr.NewHolder[T]()
	return func(use func(*T)) {
		use(k.current.Protect(h))
		h.Clear()
	}, h.Close
}

type guarded[T any] struct{ retired[T] }

func (k *guarded[T]) Visit() (Look[T], func()) {
	return func(use func(*T)) {
		g := k.current.Acquire()
		use(g.Ptr())
		g.Release()
	}, noLeave
}

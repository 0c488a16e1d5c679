package keeper

import (
	"context"

	"hazptr"
)

// Hazptr protects the object with a hazard pointer, which is a reader's own or
// a Guard's.
type Hazptr[T any] struct {
	Current *hazptr.Pointer[T]

	domain *hazptr.Domain
	bytes  func(*T) int64
	end    func(*T)
}

// NewHazptr returns a Hazptr in a domain of that name. An object is told to
// stand for so many bytes, unless bytes is nil.
func NewHazptr[T any](name string, first *T, bytes func(*T) int64, end func(*T)) *Hazptr[T] {
	domain := hazptr.NewDomain(hazptr.Config{Name: name})
	if bytes == nil {
		bytes = func(*T) int64 { return 0 }
	}
	return &Hazptr[T]{hazptr.NewPointer(domain, first), domain, bytes, end}
}

// Replace retires the present object.
func (k *Hazptr[T]) Replace(next *T) {
	old := k.Current.Swap(next)
	hazptr.RetireIn(k.domain, old, k.bytes(old), k.end)
}

// End retires the last object, and closes the domain.
func (k *Hazptr[T]) End(ctx context.Context) error {
	k.Replace(nil)
	return k.domain.Close(ctx)
}

package subject

import (
	"context"
	"sync/atomic"

	"hazptr/tools/internal/mortal"
)

// counted are cells whose objects have a reference count of their own each.
type counted[Ref any] struct {
	cells []atomic.Pointer[countedObject[Ref]]
}

// A countedObject is what a cell points to. It is the garbage collector's, so
// that a reader may ask for a reference at any time.
type countedObject[Ref any] struct {
	ref Ref

	// It is not to be used without a reference.
	object *mortal.Object

	// It is set before the owner's reference is dropped.
	ended atomic.Pointer[func(*mortal.Object)]
}

func newCounted[Ref any](c Config) counted[Ref] {
	return counted[Ref]{make([]atomic.Pointer[countedObject[Ref]], c.Cells)}
}

// way returns a Way that counts the new object and kills the old one's count.
func (s counted[Ref]) way(name string, count func(o *mortal.Object, end func()) Ref, kill func(Ref)) Way {
	return Way{Name: name, Direct: name == "kill", Replace: func(cell int, next *mortal.Object, unlinked, ended func(*mortal.Object)) {
		var c *countedObject[Ref]
		if next != nil {
			c = &countedObject[Ref]{object: next}
			c.ref = count(next, func() { (*c.ended.Load())(next) })
		}
		if old := s.cells[cell].Swap(c); old != nil {
			unlinked(old.object)
			old.ended.Store(&ended)
			kill(old.ref)
		}
	}}
}

// Close has nothing to wait for: the last reference that is dropped ends an
// object.
func (s counted[Ref]) Close(context.Context) error { return nil }

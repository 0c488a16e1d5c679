package perproc

import (
	"sync/atomic"
	"unsafe"

	"hazptr/internal/race"
)

// A Pointer is a [Word] that holds a pointer.
type Pointer[T any] struct{ p unsafe.Pointer }

// Load returns the pointer.
func (p *Pointer[T]) Load() *T {
	if race.Enabled {
		return (*T)(atomic.LoadPointer(&p.p))
	}
	return (*T)(p.p)
}

// Store sets the pointer.
func (p *Pointer[T]) Store(v *T) {
	if race.Enabled {
		atomic.StorePointer(&p.p, unsafe.Pointer(v))
		return
	}
	p.p = unsafe.Pointer(v)
}

package atomic

import (
	"sync/atomic"
	"unsafe"

	"hazptr/internal/explore"
)

// A Pointer is a pointer.
type Pointer[T any] struct{ v atomic.Pointer[T] }

func (x *Pointer[T]) Load() *T {
	explore.See(unsafe.Pointer(x))
	v := x.v.Load()
	explore.Saw(uint64(uintptr(unsafe.Pointer(v))))
	return v
}

func (x *Pointer[T]) Store(v *T) { x.Swap(v) }

func (x *Pointer[T]) Swap(v *T) *T {
	explore.Touch(unsafe.Pointer(x))
	explore.Saw(uint64(uintptr(unsafe.Pointer(v))))
	return x.v.Swap(v)
}

func (x *Pointer[T]) CompareAndSwap(old, v *T) bool {
	explore.Swap(unsafe.Pointer(x))
	done := x.v.CompareAndSwap(old, v)
	if done {
		explore.Changed(unsafe.Pointer(x))
	}
	return done
}

// A Bool is a truth value.
type Bool struct{ v atomic.Bool }

func (x *Bool) Load() bool {
	explore.See(unsafe.Pointer(x))
	return x.v.Load()
}

func (x *Bool) Store(v bool) { x.Swap(v) }

func (x *Bool) Swap(v bool) bool {
	explore.Touch(unsafe.Pointer(x))
	return x.v.Swap(v)
}

func (x *Bool) CompareAndSwap(old, v bool) bool {
	explore.Swap(unsafe.Pointer(x))
	done := x.v.CompareAndSwap(old, v)
	if done {
		explore.Changed(unsafe.Pointer(x))
	}
	return done
}

func LoadPointer(addr *unsafe.Pointer) unsafe.Pointer { return explore.LoadPointer(addr) }

func StorePointer(addr *unsafe.Pointer, v unsafe.Pointer) {
	explore.Touch(unsafe.Pointer(addr))
	atomic.StorePointer(addr, v)
}

// Package atomic stands for sync/atomic in a build that explores: each function
// and method is a step of the thread that calls it.
package atomic

import (
	"sync/atomic"
	"unsafe"

	"hazptr/internal/explore"
)

type (
	Int32   struct{ integer[int32] }
	Int64   struct{ integer[int64] }
	Uint32  struct{ integer[uint32] }
	Uint64  struct{ integer[uint64] }
	Uintptr struct{ integer[uintptr] }
)

// An integer is what all of them are.
type integer[W explore.Word] struct{ v W }

func (x *integer[W]) Load() W    { return explore.Load(&x.v) }
func (x *integer[W]) Store(v W)  { store(&x.v, v) }
func (x *integer[W]) Swap(v W) W { return change(&x.v, func(W) W { return v }) }
func (x *integer[W]) Add(delta W) W {
	return change(&x.v, func(old W) W { return old + delta }) + delta
}
func (x *integer[W]) And(mask W) W                 { return change(&x.v, func(old W) W { return old & mask }) }
func (x *integer[W]) Or(mask W) W                  { return change(&x.v, func(old W) W { return old | mask }) }
func (x *integer[W]) CompareAndSwap(old, v W) bool { return compareAndSwap(&x.v, old, v) }

// change is a locked instruction. It returns the old value.
func change[W explore.Word](addr *W, to func(old W) W) W {
	explore.Swap(unsafe.Pointer(addr))
	for {
		old := inMemory(addr)
		if v := to(old); exchanged(addr, old, v) {
			explore.Changed(unsafe.Pointer(addr))
			explore.Saw(uint64(v))
			return old
		}
	}
}

func compareAndSwap[W explore.Word](addr *W, old, v W) bool {
	explore.Swap(unsafe.Pointer(addr))
	done := exchanged(addr, old, v)
	if done {
		explore.Changed(unsafe.Pointer(addr))
	}
	explore.Saw(uint64(inMemory(addr)))
	return done
}

// store is a locked instruction, too: Go's atomic stores are XCHG on amd64.
func store[W explore.Word](addr *W, v W) { change(addr, func(W) W { return v }) }

// inMemory and exchanged are the real ones, without a step. Outside of
// executions other goroutines may run.
func inMemory[W explore.Word](addr *W) W {
	if unsafe.Sizeof(*addr) == 4 {
		return W(atomic.LoadUint32((*uint32)(unsafe.Pointer(addr))))
	}
	return W(atomic.LoadUint64((*uint64)(unsafe.Pointer(addr))))
}

func exchanged[W explore.Word](addr *W, old, v W) bool {
	if unsafe.Sizeof(*addr) == 4 {
		return atomic.CompareAndSwapUint32((*uint32)(unsafe.Pointer(addr)), uint32(old), uint32(v))
	}
	return atomic.CompareAndSwapUint64((*uint64)(unsafe.Pointer(addr)), uint64(old), uint64(v))
}

func LoadInt32(addr *int32) int32       { return explore.Load(addr) }
func LoadInt64(addr *int64) int64       { return explore.Load(addr) }
func LoadUint32(addr *uint32) uint32    { return explore.Load(addr) }
func LoadUint64(addr *uint64) uint64    { return explore.Load(addr) }
func LoadUintptr(addr *uintptr) uintptr { return explore.Load(addr) }

func StoreInt32(addr *int32, v int32)       { store(addr, v) }
func StoreInt64(addr *int64, v int64)       { store(addr, v) }
func StoreUint32(addr *uint32, v uint32)    { store(addr, v) }
func StoreUint64(addr *uint64, v uint64)    { store(addr, v) }
func StoreUintptr(addr *uintptr, v uintptr) { store(addr, v) }

func SwapInt64(addr *int64, v int64) int64 { return change(addr, func(int64) int64 { return v }) }

func CompareAndSwapInt32(addr *int32, old, v int32) bool { return compareAndSwap(addr, old, v) }
func CompareAndSwapInt64(addr *int64, old, v int64) bool { return compareAndSwap(addr, old, v) }
func CompareAndSwapUint32(addr *uint32, old, v uint32) bool {
	return compareAndSwap(addr, old, v)
}
func CompareAndSwapUint64(addr *uint64, old, v uint64) bool {
	return compareAndSwap(addr, old, v)
}
func CompareAndSwapUintptr(addr *uintptr, old, v uintptr) bool {
	return compareAndSwap(addr, old, v)
}

//go:build !hazptr_debug

package check

import (
	"reflect"
	"unsafe"
)

// Enabled reports whether the build tag hazptr_debug is set.
const Enabled = false

// A Guard is what is known of a Guard and its copies.
type Guard struct{}

// NewGuard is called when p was acquired from src, unless that is nil.
func NewGuard(p, src unsafe.Pointer) Guard { return Guard{} }

// Use is called by a method that uses the Guard.
func (Guard) Use() {}

// Release is called when the Guard is released.
func (Guard) Release() {}

// A Holder is what is known of a Holder.
type Holder struct{}

// NewHolder is called when a Holder was made whose hazard is in this word.
func NewHolder(hazard *uintptr) Holder { return Holder{} }

// Protect is called when p is protected, from src unless that is nil.
func (Holder) Protect(p, src unsafe.Pointer) {}

// Close is called when the Holder is closed.
func (Holder) Close(hazard *uintptr) {}

// Refuse is called when a Holder is used that is closed, or was not made.
func (Holder) Refuse() {}

// HolderLeaked is called when a Holder was garbage-collected without Close.
func HolderLeaked(hazard *uintptr) {}

// Retire is called when p, of this type, is being retired.
func Retire(p unsafe.Pointer, kind reflect.Type, reclaiming func() bool) {}

// Reclaim is called before p's reclaim function is.
func Reclaim(p unsafe.Pointer, kind reflect.Type) {}

// Synchronized is called when nothing protects the object any more.
func Synchronized(p unsafe.Pointer, kind reflect.Type) {}

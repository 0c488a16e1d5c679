package reclaim

import (
	"reflect"
	"unsafe"

	"hazptr/internal/check"
)

// An Object is an object that was retired and is not reclaimed yet.
type Object struct {
	at unsafe.Pointer // a pointer: it keeps an object of the Go heap alive
	ending
}

// An ending is how to end an object.
type ending struct {
	reclaim unsafe.Pointer // a func(*T)
	kind    unsafe.Pointer // the type word of an any that has a *T
	bytes   int64
}

// New returns the object p, which holds so many bytes outside the Go heap, and
// ends by a call of reclaim.
func New[T any](p *T, bytes int64, reclaim func(*T)) Object {
	var kind any = p
	return Object{unsafe.Pointer(p), ending{
		reclaim: *(*unsafe.Pointer)(unsafe.Pointer(&reclaim)),
		kind:    *(*unsafe.Pointer)(unsafe.Pointer(&kind)),
		bytes:   bytes,
	}}
}

// end calls the reclaim function. A func value is one pointer whatever its
// type, and every *T is passed alike, so the call needs no T; New has seen to
// it that the two belong together.
func (o Object) end() {
	if check.Enabled {
		check.Reclaim(o.at, typeOf(o.kind))
	}
	(*(*func(unsafe.Pointer))(unsafe.Pointer(&o.reclaim)))(o.at)
}

// typeOf returns the type whose word this is.
func typeOf(kind unsafe.Pointer) reflect.Type {
	var v any
	*(*unsafe.Pointer)(unsafe.Pointer(&v)) = kind
	return reflect.TypeOf(v)
}

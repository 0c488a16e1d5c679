package way

import (
	"fmt"
	"sync/atomic"
	"unsafe"
)

// An Object is what is read and replaced: as large as a cache line of 64 bytes,
// and with the reference count on the line of the data, where programs that
// count references have it. Only ways that count touch the count.
type Object struct {
	refs   atomic.Int64
	value  uint64
	next   atomic.Pointer[Object]
	number int
	_      [64 - 16 - 2*unsafe.Sizeof(uintptr(0))]byte
}

// What the value of an object says. That of one that has ended is so large that
// one read of it spoils any sum.
const (
	Live  = 1
	ended = 1 << 40
)

// NewObject returns a live object. Its number is what a measurement knows it
// by, even when nothing of it is left.
func NewObject(number int) *Object {
	o := &Object{number: number}
	o.Revive()
	return o
}

// NewHead returns a live object that is the head of a list. rest is the rest of
// it, or nil.
func NewHead(rest *Object) *Object {
	o := NewObject(0)
	o.next.Store(rest)
	return o
}

// NewList returns the head of a list of length objects.
func NewList(length int) *Object {
	var head *Object
	for range length {
		head = NewHead(head)
	}
	return head
}

// Revive makes an object that has ended as good as new. No reader may have it.
func (o *Object) Revive() {
	o.value = Live
	o.refs.Store(1)
}

// Number returns what NewObject was given.
func (o *Object) Number() int { return o.number }

// Next returns the rest of the list. An update replaces the head alone, so it
// stays the same for ever.
func (o *Object) Next() *Object { return o.next.Load() }

// Value returns Live unless the object has ended. It is a plain load, as reads
// are: a reader that gets something else, or that the race detector reports,
// has an object that was ended under it.
func (o *Object) Value() uint64 { return o.value }

// end is what unmapping or closing is elsewhere.
func (o *Object) end() {
	if o.value != Live {
		panic(fmt.Sprintf("object %d has ended twice", o.number))
	}
	o.value = ended
}

// walk returns the last object of the list, and sum with the values of all
// before it. The compiler inlines it, so that no call is timed.
func (o *Object) walk(sum uint64) (last *Object, before uint64) {
	for next := o.next.Load(); next != nil; next = o.next.Load() {
		sum += o.value
		o = next
	}
	return o, sum
}

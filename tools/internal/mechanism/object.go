package mechanism

import (
	"sync/atomic"
	"unsafe"
)

// An Object is what is read: as large as a cache line of 64 bytes, and with the
// reference count on the line of the data, where programs that count references
// have it. Only the counting mechanisms touch the count.
type Object struct {
	refs  atomic.Int64
	value uint64
	next  atomic.Pointer[Object]
	_     [64 - 16 - unsafe.Sizeof(uintptr(0))]byte
}

// ended is the value of an object that has ended. It is so large that one read
// of it spoils any sum.
const ended = 1 << 40

// NewObject returns a live object with one reference, that of the mechanism
// that it will be the head of. next is the rest of its list, or nil.
func NewObject(next *Object) *Object {
	o := &Object{value: 1}
	o.refs.Store(1)
	o.next.Store(next)
	return o
}

// NewList returns the head of a list of length objects.
func NewList(length int) *Object {
	var head *Object
	for range length {
		head = NewObject(head)
	}
	return head
}

// Next returns the rest of the list. An update replaces the head alone, so it
// stays the same for ever.
func (o *Object) Next() *Object { return o.next.Load() }

// end is what unmapping or closing is elsewhere: from now on a reader sees that
// it came too late.
func (o *Object) end() { o.value = ended }

// walk returns the last object of the list, and sum with the values of all
// before it. The compiler inlines it, so that no call is timed.
func (o *Object) walk(sum uint64) (last *Object, before uint64) {
	for next := o.next.Load(); next != nil; next = o.next.Load() {
		sum += o.value
		o = next
	}
	return o, sum
}

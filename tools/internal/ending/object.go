package ending

import (
	"fmt"
	"sync/atomic"
	"unsafe"
)

// An Object is what is read and replaced: as large as a cache line of 64 bytes,
// and with the reference count on the line of the data, where programs that
// count references have it. Only refcnt touches the count. It holds no
// pointers, so a million of them cost the garbage collector next to nothing.
type Object struct {
	refs   atomic.Int32
	number int32
	value  uint64
	_      [64 - 8 - unsafe.Sizeof(uint64(0))]byte
}

// What the value of an object says.
const (
	Live  = 1
	ended = 1 << 40
)

// NewObject returns a live object. Its number is what a measurement knows it
// by, even when nothing of it is left.
func NewObject(number int) *Object {
	o := &Object{number: int32(number)}
	o.Revive()
	return o
}

// Revive makes an object that has ended as good as new. No reader may have it.
func (o *Object) Revive() {
	o.value = Live
	o.refs.Store(1)
}

// Number returns what NewObject was given.
func (o *Object) Number() int { return int(o.number) }

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

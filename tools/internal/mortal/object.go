package mortal

import (
	"fmt"
	"sync/atomic"
	"unsafe"
)

// MaxReaders is how many readers may Visit objects.
const MaxReaders = 96

// An Object has a page of its own. Its words are plain where the mechanism
// under torture is to order them.
//
// Its age is 0 while readers may find it, 1 from when it has been unlinked, and
// one more each time that the mechanism has told that no reader has it any
// more. A reader that finds an age above 1 has found a fault.
type Object struct {
	content
	_    [pageBytes - unsafe.Sizeof(content{}) - 8]byte
	tail uint64
}

type content struct {
	// Three copies tell what it is: at the beginning, in the middle and at the
	// end of the page.
	head uint64

	index int32 // in the Pool
	age   atomic.Int32

	Next  atomic.Pointer[Object] // of structures
	Key   uint64                 // of structures
	Taken atomic.Int32           // of structures

	// A reader whose letter number Letter the writer of this object knew of, or
	// -1.
	Author int32

	Letter uint64

	// It is to be said to be free of readers again and again before it ends.
	Aging bool

	warm bool // its page stays accessible when it has ended

	// Protections that went to another goroutine and are not over.
	detached atomic.Int64

	middle uint64
	visits [MaxReaders]visit
}

// A visit is what one reader has left in an object. Each word is written by its
// goroutine alone.
type visit struct {
	begun, over uint64 // protections
	letter      uint64 // the reader's letters so far
}

const pageBytes = 4096

var _ [pageBytes]struct{} = [unsafe.Sizeof(Object{})]struct{}{}

// Poison is what the words of an object that has ended are.
const Poison = 0xDEAD_DEAD_DEAD_DEAD

// mixed makes of the number of a life what a word of the object must be,
// another one for each place.
func mixed(life uint64, place uint64) uint64 { return life*0x9E3779B97F4A7C15 ^ place }

// Age returns the age.
func (o *Object) Age() int { return int(o.age.Load()) }

// Grow adds 1 to the age and returns it.
func (o *Object) Grow() int { return int(o.age.Add(1)) }

// Check returns what is wrong with the object's words, or "".
func (o *Object) Check() string {
	head, middle, tail := o.head, o.middle, o.tail
	life := head
	switch {
	case head == Poison || middle == Poison || tail == Poison:
		return fmt.Sprintf("it has ended and is poisoned: words %#x, %#x, %#x", head, middle, tail)
	case life == 0 || middle != mixed(life, 1) || tail != mixed(life, 2):
		return fmt.Sprintf("its words don't belong together: %#x, %#x, %#x", head, middle, tail)
	}
	return ""
}

// Life returns the number of the object's life.
func (o *Object) Life() uint64 { return o.head }

// Enter says that a reader protects the object from now on. Only its goroutine
// may call it.
func (o *Object) Enter(reader int) { o.visits[reader].begun++ }

// Leave says that the reader is about to end its protection. letter is the
// number of its last letter, or 0.
func (o *Object) Leave(reader int, letter uint64) {
	v := &o.visits[reader]
	if letter > 0 {
		v.letter = letter
	}
	v.over++
}

// Detach says that a protection is about to be given to another goroutine,
// which calls Attached before it ends it.
func (o *Object) Detach() { o.detached.Add(1) }

// Attached says that a protection that was given away is about to end, or was
// not given away.
func (o *Object) Attached() { o.detached.Add(-1) }

// Readers returns what is wrong with what readers have left in the object, now
// that the mechanism has told that none has it, or "". It calls letter with
// each one's last letter.
func (o *Object) Readers(letter func(reader int, number uint64)) string {
	if n := o.detached.Load(); n != 0 {
		return fmt.Sprintf("%d protections that were handed to other goroutines are not over", n)
	}
	for reader := range o.visits {
		v := &o.visits[reader]
		if said := o.Reader(reader); said != "" {
			return said
		}
		if v.letter > 0 {
			letter(reader, v.letter)
		}
	}
	return ""
}

// Reader is Readers for one of them.
func (o *Object) Reader(reader int) string {
	if v := &o.visits[reader]; v.begun != v.over {
		return fmt.Sprintf("reader %d has begun %d protections and ended %d", reader, v.begun, v.over)
	}
	return ""
}

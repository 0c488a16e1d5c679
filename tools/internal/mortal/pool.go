// Package mortal has objects that die for sure: each has a page of its own
// outside the Go heap, which is poisoned and made inaccessible when the object
// has ended, so that a late read is a fault at its address and not luck.
package mortal

import (
	"fmt"
	"os"
	"sync"
	"unsafe"
)

// inaccessible is whether single pages can be made so. Where they cannot,
// objects still have memory of their own.
var inaccessible = canProtect && os.Getpagesize() == pageBytes

// A Pool has the pages that objects live in, one life after another.
type Pool struct {
	memory []byte
	lives  []life // of each page

	mu    sync.Mutex
	free  []int32 // a ring: the next one to be used is at first
	first int
	n     int
	begun uint64
	ended uint64

	// Pages of objects that have ended Warm, the first of them first.
	warm []int32
}

// leastWarm is how many objects must have ended Warm before NewWarm uses a page
// of theirs again. If no other page is free, it is used at once.
const leastWarm = 64

// A life is what is known of a page's present or last object without a look at
// it.
type life struct {
	number uint64
	alive  bool
}

// NewPool returns a Pool for so many objects at a time.
func NewPool(objects int) (*Pool, error) {
	memory, err := Map(objects * pageBytes)
	if err != nil {
		return nil, fmt.Errorf("no memory for %d pages: %w", objects, err)
	}
	forbid(memory)
	p := &Pool{memory: memory, lives: make([]life, objects), free: make([]int32, objects), n: objects}
	for i := range p.free {
		p.free[i] = int32(i)
	}
	return p, nil
}

// New returns an object of age 0, or nil if all pages are in use. With again it
// is one whose page was used not long ago, so that the same address comes back
// soon.
func (p *Pool) New(again bool) *Object {
	p.mu.Lock()
	index, ok := p.take(again)
	if !ok {
		p.mu.Unlock()
		return nil
	}
	number := p.begin(index)
	p.mu.Unlock()
	allow(p.page(index))
	o := p.at(index)
	*o = Object{content: content{head: number, index: index, Author: -1, middle: mixed(number, 1)}, tail: mixed(number, 2)}
	return o
}

// NewWarm is New for an object whose page stays accessible when it has ended,
// and is used again by NewWarm, or by New if no other is free. To change what
// may be done with a page takes long, and interrupts the other cores, which
// drains their stores. What readers have left in it stays, too.
func (p *Pool) NewWarm() *Object {
	p.mu.Lock()
	if len(p.warm) < leastWarm {
		p.mu.Unlock()
		o := p.New(false)
		if o != nil {
			o.warm = true
		}
		return o
	}
	index := p.cool()
	number := p.begin(index)
	p.mu.Unlock()
	o := p.at(index)
	o.age.Store(0)
	o.middle, o.tail = mixed(number, 1), mixed(number, 2)
	o.head = number
	return o
}

// take takes a page that no object is in, if there is one. It, cool and begin
// are called under mu.
func (p *Pool) take(again bool) (index int32, ok bool) {
	switch {
	case p.n > 0:
		p.n--
		at := p.first + p.n
		if !again {
			at = p.first
			p.first = (p.first + 1) % len(p.free)
		}
		return p.free[at%len(p.free)], true
	case len(p.warm) > 0:
		return p.cool(), true
	}
	return 0, false
}

// cool takes a page of an object that has ended Warm.
func (p *Pool) cool() (index int32) {
	index = p.warm[0]
	p.warm = p.warm[:copy(p.warm, p.warm[1:])]
	return index
}

// begin begins a life in the page and returns its number.
func (p *Pool) begin(index int32) uint64 {
	p.begun++
	p.lives[index] = life{p.begun, true}
	return p.begun
}

// End ends an object: it is poisoned and, unless it is warm, made inaccessible,
// so that a later access faults. It returns what is wrong, or "".
func (p *Pool) End(o *Object) string {
	index := o.index
	if uint(index) >= uint(len(p.lives)) || o != p.at(index) {
		return fmt.Sprintf("the object at %p is none of the pool's: index %d", o, index)
	}
	warm := o.warm
	if warm {
		o.head, o.middle, o.tail = Poison, Poison, Poison
	} else {
		words := unsafe.Slice((*uint64)(unsafe.Pointer(o)), pageBytes/8)
		for i := range words {
			words[i] = Poison
		}
		forbid(p.page(index))
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.lives[index].alive {
		return fmt.Sprintf("the object at %p, life %d, has ended twice", o, p.lives[index].number)
	}
	p.lives[index].alive = false
	p.ended++
	if warm {
		p.warm = append(p.warm, index)
		return ""
	}
	p.free[(p.first+p.n)%len(p.free)] = index
	p.n++
	return ""
}

// Alive returns how many objects have begun and not ended.
func (p *Pool) Alive() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return int(p.begun - p.ended)
}

// Begun returns how many objects there ever were.
func (p *Pool) Begun() uint64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.begun
}

// Describe tells what is at an address.
func (p *Pool) Describe(address uintptr) string {
	offset := address - uintptr(unsafe.Pointer(unsafe.SliceData(p.memory)))
	if offset >= uintptr(len(p.memory)) {
		return fmt.Sprintf("%#x, which is no object's", address)
	}
	index := offset / pageBytes
	p.mu.Lock()
	defer p.mu.Unlock()
	how := "which has ended"
	if l := p.lives[index]; l.number == 0 {
		how = "which has not begun"
	} else if l.alive {
		how = "which is alive by now"
	}
	return fmt.Sprintf("%#x, word %d of page %d, object %d, %s", address, offset%pageBytes/8, index, p.lives[index].number, how)
}

func (p *Pool) at(index int32) *Object {
	return (*Object)(unsafe.Pointer(unsafe.SliceData(p.page(index))))
}

func (p *Pool) page(index int32) []byte { return p.memory[int(index)*pageBytes:][:pageBytes] }

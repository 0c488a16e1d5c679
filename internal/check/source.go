//go:build hazptr_debug

package check

import (
	"runtime"
	"runtime/debug"
	"sync"
	"unsafe"
	"weak"

	"hazptr/internal/address"
)

// A sourceTable remembers where objects were loaded from. It has room for some
// thousand; a later object takes the place of an earlier one.
type sourceTable struct {
	mu      sync.Mutex
	entries [1 << 14]sourceEntry
	pages   [1 << 14]int // how many sources are in pages of such a hash
	heap    unsafe.Pointer
}

type sourceEntry struct {
	object uintptr

	// The address of an atomic.Pointer. It is no pointer, since the memory it
	// is in may be unmapped.
	source uintptr

	inGo weak.Pointer[unsafe.Pointer]
	at   *stack
}

// aSource returns the entry's source, of which inGo is zero where its memory is
// not Go's.
func aSource(src unsafe.Pointer) (source uintptr, inGo weak.Pointer[unsafe.Pointer]) {
	defer func() {
		if recover() != nil {
			inGo = weak.Pointer[unsafe.Pointer]{}
		}
	}()
	source = uintptr(src)
	p := (*unsafe.Pointer)(src)
	// weak.Make ends the program for memory that is not Go's. AddCleanup
	// panics.
	runtime.AddCleanup(p, func(int) {}, 0).Stop()
	return source, weak.Make(p)
}

var sources sourceTable

func (t *sourceTable) set(p, src unsafe.Pointer, at *stack) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.heap = src // so that it is not on a stack, which moves
	t.heap = nil
	e := &t.entries[address.Hash(uintptr(p))>>(64-14)]
	source, inGo := e.source, e.inGo
	if !e.isOf(src) {
		source, inGo = aSource(src)
	}
	t.put(e, sourceEntry{uintptr(p), source, inGo, at})
}

// put replaces an entry. It is called under mu.
func (t *sourceTable) put(e *sourceEntry, by sourceEntry) {
	if e.source != 0 {
		t.pages[address.Hash(e.source>>12)>>(64-14)]--
	}
	*e = by
	if by.source != 0 {
		t.pages[address.Hash(by.source>>12)>>(64-14)]++
	}
}

func (t *sourceTable) get(p unsafe.Pointer) (sourceEntry, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	e := t.entries[address.Hash(uintptr(p))>>(64-14)]
	return e, e.object == uintptr(p)
}

// forget is called when the object has ended: nothing can be loaded from inside
// it any more.
func (t *sourceTable) forget(p, size uintptr) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if e := &t.entries[address.Hash(p)>>(64-14)]; e.object == p {
		t.put(e, sourceEntry{})
	}
	for page := p >> 12; page <= (p+max(size, 1)-1)>>12; page++ {
		if t.pages[address.Hash(page)>>(64-14)] == 0 {
			continue
		}
		for i := range t.entries {
			if e := &t.entries[i]; e.source-p < size {
				t.put(e, sourceEntry{})
			}
		}
		return
	}
}

// isOf reports whether the entry is of this source, and it has not been
// collected since.
func (e *sourceEntry) isOf(src unsafe.Pointer) bool {
	return e.source == uintptr(src) && e.inGo.Value() == (*unsafe.Pointer)(src)
}

// pointsTo reports whether the source has p. A source that was collected has
// nothing, nor has one in memory that was unmapped. Its memory may be another
// variable's, which need not know of this one.
//
//go:norace
func (e sourceEntry) pointsTo(p unsafe.Pointer) (points bool) {
	if e.inGo != (weak.Pointer[unsafe.Pointer]{}) {
		source := e.inGo.Value()
		return source != nil && *source == p
	}
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if recover() != nil {
			points = false
		}
	}()
	return **(**uintptr)(unsafe.Pointer(&e.source)) == uintptr(p)
}

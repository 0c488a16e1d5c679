package explore

import (
	"fmt"
	"sync/atomic"
	"unsafe"
)

// A Word is what a plain store of the library may be of, beside a pointer.
type Word interface {
	~int32 | ~uint32 | ~int64 | ~uint64 | ~uintptr
}

// announce announces a step of the thread that runs. It returns nil, and there
// is no step, outside of executions.
//
// Addresses are pointers here, so that they escape: a variable on a stack would
// move when the stack grows.
func announce(k kind, addr unsafe.Pointer) *Thread {
	t := current
	if t != nil {
		t.step(k, uintptr(addr))
	}
	return t
}

// Load is a load of a word, atomic or plain.
func Load[W Word](addr *W) W {
	announce(load, unsafe.Pointer(addr))
	v := Own(addr)
	Saw(uint64(v))
	return v
}

// Own is a plain load of a word that only the calling thread writes at present.
// It is no step, for it commutes with all that others do.
func Own[W Word](addr *W) W {
	if t := current; t != nil {
		if e := t.buffered(unsafe.Pointer(addr)); e != nil {
			return W(e.value)
		}
	}
	return inMemory(addr)
}

// inMemory returns what others see.
func inMemory[W Word](addr *W) W {
	if unsafe.Sizeof(*addr) == 4 {
		return W(atomic.LoadUint32((*uint32)(unsafe.Pointer(addr))))
	}
	return W(atomic.LoadUint64((*uint64)(unsafe.Pointer(addr))))
}

// Store is a plain store of a word.
func Store[W Word](addr *W, v W) {
	plain(entry{addr: unsafe.Pointer(addr), value: uint64(v), size: uint8(unsafe.Sizeof(v))})
}

// LoadPointer is a load of a pointer that is stored by StorePointer.
func LoadPointer(addr *unsafe.Pointer) unsafe.Pointer {
	if t := announce(load, unsafe.Pointer(addr)); t != nil {
		if e := t.buffered(unsafe.Pointer(addr)); e != nil {
			return e.ptr
		}
	}
	return atomic.LoadPointer(addr)
}

// StorePointer is a plain store of a pointer.
func StorePointer(addr *unsafe.Pointer, v unsafe.Pointer) {
	plain(entry{addr: unsafe.Pointer(addr), value: uint64(uintptr(v)), ptr: v})
}

// plain is a plain store.
func plain(e entry) {
	t := current
	switch {
	case t == nil:
		e.reach()
	case t.x.scenario.Unbuffered:
		t.step(swap, uintptr(e.addr))
		e.reach()
		Changed(e.addr)
	default:
		t.entry, t.value = e, e.value
		t.step(store, uintptr(e.addr))
	}
}

// Swap is called before a locked instruction, or an atomic store. The caller
// does it then, and says if it has changed the word.
func Swap(addr unsafe.Pointer) { announce(swap, addr) }

// Changed is called after a change.
func Changed(addr unsafe.Pointer) {
	if t := current; t != nil {
		t.x.memory.changedBy(t, uintptr(addr))
	}
}

// Saw tells what the step just taken has loaded or stored, for stories.
func Saw(value uint64) {
	if t := current; t != nil {
		t.x.events[len(t.x.events)-1].value = value
	}
}

// Touch is a change, of what a channel holds, say.
func Touch(addr unsafe.Pointer) {
	Swap(addr)
	Changed(addr)
}

// See is a load, of what a channel holds, say.
func See(addr unsafe.Pointer) { announce(load, addr) }

// Lock is called before a mutex is locked, which is free then.
func Lock(mutex unsafe.Pointer) { announce(lock, mutex) }

// TryLock reports whether the mutex is free. The caller locks it then.
func TryLock(mutex unsafe.Pointer) bool {
	t := announce(load, mutex)
	if t == nil {
		return true
	}
	if t.x.memory.at(uintptr(mutex)).owner != nil {
		return false // without a locked instruction: the buffer stays as it is
	}
	t.step(tryLock, uintptr(mutex))
	return t.value == 1
}

// Unlock is called before a mutex is unlocked.
func Unlock(mutex unsafe.Pointer) { announce(unlock, mutex) }

// Fence is membarrier(2).
func Fence() {
	if t := current; t != nil {
		t.step(call, 0)
		t.step(finish, 0)
	}
}

// Wait waits until something changes that the thread has read since its last
// wait. It returns false outside of executions.
func Wait() bool {
	t := current
	if t == nil {
		return false
	}
	t.step(wait, 0)
	t.reads, t.changed = t.reads[:0], false
	return true
}

// Rest waits for a timer. What a thread does when a timer fires is of no
// consequence before something has changed: so the first rest is over at once,
// and others when something has changed since the last one, be it that the
// thread has seen it.
func Rest() {
	if t := current; t != nil && t.changed {
		t.reads, t.changed = t.reads[:0], false
		return
	}
	Wait()
}

// Now is the time. While a scenario is explored it stands still, at 0.
func Now(now int64) int64 {
	if exploring {
		return 0
	}
	return now
}

// Go is a go statement: it has a spare thread run f.
func Go(f func()) {
	t := current
	if t == nil {
		go f()
		return
	}
	// Which of the spare threads it is depends on what came before.
	t.step(swap, uintptr(unsafe.Pointer(t.x)))
	for _, s := range t.x.threads {
		if !s.started() {
			s.body, s.ended = f, false
			// Its buffer knows nothing of this: it is empty.
			t.x.clocks[s.id].join(&t.x.clocks[t.id])
			s.goOn()
			return
		}
	}
	t.fail("more go statements than spare threads")
}

// Failf ends the execution: a thread has seen what must not be.
func Failf(format string, args ...any) {
	if current == nil {
		panic("Failf outside of an execution: " + fmt.Sprintf(format, args...))
	}
	current.fail(fmt.Sprintf(format, args...))
}

// Running reports whether the caller is a thread of an execution.
func Running() bool { return current != nil }

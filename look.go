package hazptr

import (
	"iter"
	"sync/atomic"

	"hazptr/internal/yield"
)

// A look reads every hazard pointer once and tells which of them hold what it was asked about. It is used again and again, by one goroutine at a time, so that it
// allocates nothing once warm.
//
// Whoever looks has unlinked what it asks about, and then called fence.Heavy. A reader whose validation found the object still linked had stored its hazard
// before that, and the fence has made the store visible. So a load of [look] sees it, or a later value of the same slot: zero or another address, stored
// when that reader was done with the first. The load is an acquire, so that what the reader did before comes before what the looker does next.
//
// One look is enough however long an object is protected: protection is never copied from slot to slot, so once an object is unlinked and the fence has passed, the
// slots that hold it validly only become fewer. Only those that this look has found need be read again.
type look struct {
	asked addressFilter // what is asked about; empty: everything is found
	slots int           // that were read
	inUse int           // of them, those that held anything
	found []hazard
	index addressIndex // of found
}

// ask prepares for a look at up to n addresses, which must be asked about one by one, or for one that finds every hazard, with n 0.
func (l *look) ask(n int) {
	l.asked.reset(n)
	clear(l.found)
	l.found = l.found[:0]
	l.slots, l.inUse = 0, 0
}

// all reads the slots.
func (l *look) all() {
	holders.look(l)
	guards.look(l)
	l.index.reset(len(l.found))
	for i := range l.found {
		l.found[i].next = l.index.put(l.found[i].address, i)
	}
}

// at reads one slot.
func (l *look) at(slot *uintptr) {
	if yield.Enabled {
		yield.Here("look")
	}
	p := atomic.LoadUintptr(slot) // [look]
	if p == 0 {
		return
	}
	l.inUse++
	if l.asked.mayHave(p) {
		l.found = append(l.found, hazard{slot: slot, address: p})
	}
}

// holding yields the slots that held p.
func (l *look) holding(p uintptr) iter.Seq[*uintptr] {
	return func(yield func(*uintptr) bool) {
		for i := l.index.get(p); i != none; i = l.found[i].next {
			if !yield(l.found[i].slot) {
				return
			}
		}
	}
}

// hash spreads an address over 64 bits: Fibonacci hashing, whose upper bits depend on all bits of the address.
func hash(address uintptr) uint64 { return uint64(address) * 0x9E3779B97F4A7C15 }

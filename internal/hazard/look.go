package hazard

import (
	"iter"
	"sync/atomic"

	"hazptr/internal/address"
	"hazptr/internal/yield"
)

// A Look reads every hazard pointer once and tells which of them hold what it
// was asked about. It is used again and again, by one goroutine at a time, so
// that it allocates nothing once warm. The zero Look is ready for Ask.
//
// The caller must unlink the objects and then call fence.Heavy. A reader whose
// validation found an object still linked had stored its hazard before that,
// and the fence has made the store visible. So a load of [look] sees it, or a
// later value of the same slot: zero or another address, stored when that
// reader was done with the first. The load is an acquire, so that what the
// reader did before comes before what the caller does next.
//
// One look is enough however long an object is protected. Protection is never
// copied from slot to slot, so once an object is unlinked and the fence has
// passed, the slots that hold it validly only become fewer. Only the slots that
// this look has found need be read again.
type Look struct {
	Slots int // that were read
	InUse int // of them, the ones that held anything

	asked address.Filter // empty: everything is found
	found []found
	index address.Index // of found
}

// A found is a hazard that a look has found in a slot.
type found struct {
	slot    *Slot
	address uintptr
	next    int // index of the next one with this address, or address.None
}

// Ask prepares for a look at up to n addresses, each of which must be given to
// About. With n 0 the look finds every hazard.
func (l *Look) Ask(n int) {
	l.asked.Reset(n)
	clear(l.found)
	l.found = l.found[:0]
	l.Slots, l.InUse = 0, 0
}

// About asks about an address.
func (l *Look) About(p uintptr) { l.asked.Add(p) }

// All reads the slots.
func (l *Look) All() {
	holders.look(l)
	guards.look(l)
	l.index.Reset(len(l.found))
	for i := range l.found {
		l.found[i].next = l.index.Put(l.found[i].address, i)
	}
}

// at reads one slot.
func (l *Look) at(slot *Slot) {
	if yield.Enabled {
		yield.Here("look")
	}
	p := atomic.LoadUintptr(&slot.Hazard) // [look]
	if p == 0 {
		return
	}
	l.InUse++
	if l.asked.MayHave(p) {
		l.found = append(l.found, found{slot: slot, address: p})
	}
}

// Nothing reports whether no slot held anything that was asked about.
func (l *Look) Nothing() bool { return len(l.found) == 0 }

// Found reports whether a slot held p.
func (l *Look) Found(p uintptr) bool { return l.index.Get(p) != address.None }

// Holding yields the slots that held p.
func (l *Look) Holding(p uintptr) iter.Seq[*Slot] {
	return func(yield func(*Slot) bool) {
		for i := l.index.Get(p); i != address.None; i = l.found[i].next {
			if !yield(l.found[i].slot) {
				return
			}
		}
	}
}

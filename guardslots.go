package hazptr

import (
	"sync"
	"sync/atomic"

	"hazptr/internal/fence"
	"hazptr/internal/perp"
)

// A guardSlot is the hazard pointer of one Guard at a time. It is free while hazard is zero.
//
// Only a goroutine that is pinned to the slot's P turns a free slot into a taken one, so claiming needs no atomic operation; whoever holds the Guard
// may store zero, from anywhere. turn counts the claims: it tells a Guard from a copy of an earlier one that had the same slot and object.
type guardSlot struct {
	hazard uintptr
	turn   uintptr
}

// A guardSegment is a run of slots of one P.
type guardSegment struct {
	older  *guardSegment // smaller; the bank's latest may still be in it, so its slots are taken and even claimed on
	cursor perp.Word     // where to look for a free slot
	slots  []guardSlot
}

// A guardBank is the slots of one P.
type guardBank struct {
	latest perp.Pointer[guardSlot]      // what was claimed last: likely to be free again, and in the cache
	newest atomic.Pointer[guardSegment] // the segment to claim from
	mu     sync.Mutex                   // held to add a segment
}

// guardSlots has the slots of the process's Guards.
type guardSlots struct {
	banks *perp.Local[guardBank]
	made  atomic.Int64 // slots, in all segments of all banks
}

const (
	firstGuardSegment = 64 // slots; each further segment of a P has twice as many as the one before
	maxProbes         = 64 // slots to look at while pinned
)

// free reports whether a goroutine that is pinned to the slot's P may take it. Its acquire pairs with
// the Guard's Release: what the slot's last Guard did is done, its look at turn too.
func (slot *guardSlot) free() bool { return atomic.LoadUintptr(&slot.hazard) == 0 }

// take takes a free slot. The caller is pinned to its P.
func (slot *guardSlot) take(p uintptr) (turn uintptr) {
	turn = slot.turn + 1
	slot.turn = turn
	fence.Publish(&slot.hazard, p) // [publish], as in Holder.Protect
	return turn
}

// claim takes a free slot and publishes p, which isn't nil, in it. It is for when the bank's latest is taken.
func (s *guardSlots) claim(p uintptr) (*guardSlot, uintptr) {
	for {
		bank := s.banks.Pin()
		seg := bank.newest.Load()
		slot, lap := seg.search()
		if slot != nil {
			turn := slot.take(p)
			bank.latest.Store(slot)
			perp.Unpin()
			return slot, turn
		}
		perp.Unpin()
		if lap {
			s.made.Add(int64(bank.extend(seg)))
		}
	}
}

// search returns a free slot to a goroutine that is pinned to the segment's P. It gives up after maxProbes, so as not to stay pinned for long, and at the
// end of a lap.
func (seg *guardSegment) search() (slot *guardSlot, lap bool) {
	if seg == nil {
		return nil, true
	}
	i := seg.cursor.Load()
	for range maxProbes {
		if i == uintptr(len(seg.slots)) {
			seg.cursor.Store(0)
			return nil, true
		}
		slot := &seg.slots[i]
		i++
		if slot.free() {
			seg.cursor.Store(i)
			return slot, false
		}
	}
	seg.cursor.Store(i)
	return nil, false
}

// extend adds a segment if half of seg, the newest, is taken, and returns how many slots it added. It is called at the end of a lap, so that counting costs each claim little.
//
// The new segment is linked before anybody can claim from it: a scan whose fence comes after a claim's [publish] sees the segment.
func (b *guardBank) extend(seg *guardSegment) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.newest.Load() != seg {
		return 0 // somebody else has
	}
	n := firstGuardSegment
	if seg != nil {
		taken := 0
		for i := range seg.slots {
			if atomic.LoadUintptr(&seg.slots[i].hazard) != 0 {
				taken++
			}
		}
		if taken < len(seg.slots)/2 {
			return 0
		}
		n = 2 * len(seg.slots)
	}
	b.newest.Store(&guardSegment{older: seg, slots: make([]guardSlot, n)})
	return n
}

// each calls look with every slot, free or taken.
func (s *guardSlots) each(look func(hazard *uintptr)) {
	for bank := range s.banks.All() {
		for seg := bank.newest.Load(); seg != nil; seg = seg.older {
			for i := range seg.slots {
				look(&seg.slots[i].hazard)
			}
		}
	}
}

func (s *guardSlots) taken() (n int) {
	s.each(func(hazard *uintptr) {
		if atomic.LoadUintptr(hazard) != 0 {
			n++
		}
	})
	return n
}

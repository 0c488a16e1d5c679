package hazard

import (
	"math"
	"math/bits"
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"

	"hazptr/internal/perproc"
)

// A holderSlot is the hazard pointer of one Holder. It is alone on its cache
// line: its owner stores to it twice a read.
type holderSlot struct {
	Slot
	_ [perproc.CacheLine - unsafe.Sizeof(Slot{})]byte
}

// A Lease is what a Holder has of its slot. While the slot is open nothing else
// refers to it, so the collector finds the Lease of a Holder that was
// forgotten, and its cleanup is called. A closed slot keeps its Lease for the
// next Holder, because adding a cleanup costs more than all else.
type Lease struct{ *Slot }

// A holderSegment is a run of slots, and a bit for each that tells whether it
// is open. So a look passes closed slots 64 at a time.
type holderSegment struct {
	open  []atomic.Uint64
	slots []holderSlot

	// Guarded by holderSlots.mu:
	spent  []uint64 // bits of slots that are not opened again
	leases []*Lease // of slots that are closed; nil where there was none
}

// holderSlots has the slots of the process's Holders. They belong to the
// process and are never freed. A slot inside a Holder would be the compiler's
// to optimize away when the Holder is on a stack, and a look could not find it.
type holderSlots struct {
	// It is replaced as a whole, under mu, and only grows.
	segments atomic.Pointer[[]*holderSegment]

	mu     sync.Mutex
	lowest [2]int // segment and word: none below has a closed slot
	count  int    // open slots
}

// firstHolderSegment is how many slots the first segment has. Each further
// segment has twice as many as the one before.
const firstHolderSegment = 64

// open opens the lowest closed slot, so that looks stay short when Holders come
// and go.
func (s *holderSlots) open() *Lease {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count++
	var segments []*holderSegment
	if p := s.segments.Load(); p != nil {
		segments = *p
	}
	word := s.lowest[1]
	for i := s.lowest[0]; i < len(segments); i++ {
		seg := segments[i]
		for ; word < len(seg.open); word++ {
			if gone := seg.open[word].Load() | seg.spent[word]; ^gone != 0 {
				s.lowest = [2]int{i, word}
				return seg.take(word, bits.TrailingZeros64(^gone))
			}
		}
		word = 0
	}
	n := firstHolderSegment << len(segments)
	seg := &holderSegment{open: make([]atomic.Uint64, n/64), slots: make([]holderSlot, n), spent: make([]uint64, n/64), leases: make([]*Lease, n)}
	for i := range seg.slots {
		seg.slots[i].silent = true
	}
	grown := append(segments[:len(segments):len(segments)], seg)
	s.segments.Store(&grown)
	s.lowest = [2]int{len(segments), 0}
	return seg.take(0, 0)
}

// take marks a slot as open, [marked], before its Holder exists: a look whose
// fence comes after the Holder's first [publish] sees the mark.
func (seg *holderSegment) take(word, bit int) *Lease {
	seg.open[word].Or(1 << bit)
	i := word*64 + bit
	lease := seg.leases[i]
	if lease == nil {
		lease = &Lease{&seg.slots[i].Slot}
		runtime.AddCleanup(lease, leaks.add, lease.Slot)
	}
	seg.leases[i] = nil
	return lease
}

// close closes a slot, which must be zero, and keeps its lease for the next
// Holder. With a nil lease the slot is spent. A look that sees it closed has
// also seen what its Holder did before.
func (s *holderSlots) close(slot *Slot, lease *Lease) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count--
	for i, seg := range *s.segments.Load() {
		offset := uintptr(unsafe.Pointer(slot)) - uintptr(unsafe.Pointer(&seg.slots[0]))
		if offset >= uintptr(len(seg.slots))*unsafe.Sizeof(holderSlot{}) {
			// Also when slot is below this segment: the difference wraps.
			continue
		}
		n := int(offset / unsafe.Sizeof(holderSlot{}))
		seg.open[n/64].And(^(uint64(1) << (n % 64)))
		if lease == nil {
			seg.spent[n/64] |= 1 << (n % 64)
			return
		}
		seg.leases[n] = lease
		if at := [2]int{i, n / 64}; at[0] < s.lowest[0] || at[0] == s.lowest[0] && at[1] < s.lowest[1] {
			s.lowest = at
		}
		return
	}
}

func (s *holderSlots) opened() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.count
}

// look reads every open slot.
func (s *holderSlots) look(l *Look) {
	segments := s.segments.Load()
	if segments == nil {
		return
	}
	for _, seg := range *segments {
		for word := range seg.open {
			open := seg.open[word].Load()
			slots := seg.slots[word*64:][:64]
			if open == math.MaxUint64 {
				for i := range slots {
					l.at(&slots[i].Slot)
				}
				l.Slots += len(slots)
				continue
			}
			for ; open != 0; open &= open - 1 {
				l.at(&slots[bits.TrailingZeros64(open)].Slot)
				l.Slots++
			}
		}
	}
}

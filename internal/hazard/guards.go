package hazard

import (
	"sync"
	"sync/atomic"
	"unsafe"

	"hazptr/internal/fence"
	"hazptr/internal/perproc"
	"hazptr/internal/race"
)

// A GuardSlot is the hazard pointer of one Guard at a time. It is free while
// Hazard is zero.
//
// Only a goroutine pinned to the slot's P may claim it, so claiming needs no
// atomic read-modify-write. The goroutine that has the Guard, whichever that
// is, releases it by storing zero. Turn tells of each claim: it tells a Guard
// from a copy of an earlier one that had the same slot and object.
//
// Two slots are a cache line.
type GuardSlot struct {
	Slot
	Turn uintptr

	// Guards that share the protection, beside the one that was acquired. Once
	// that one is released, all of them but one.
	others atomic.Uintptr

	_ [32 - unsafe.Sizeof(Slot{}) - 2*unsafe.Sizeof(uintptr(0))]byte
}

// Release ends the Guard's protection of p. It panics if that has ended: the
// Guard is a copy of one that was released. With a nil slot it does nothing.
//
//go:nosplit
func (slot *GuardSlot) Release(p, turn uintptr) {
	if slot == nil {
		return
	}
	// In this order: except on amd64 a plain load might be late, and find the
	// hazard of the next Guard.
	if atomic.LoadUintptr(&slot.Hazard) == p && atomic.LoadUintptr(&slot.Turn) == turn {
		if slot.End() { // [clear], [watched?]
			slot.Ended()
		}
		return
	}
	slot.releaseShared(p, turn)
}

// A guardGroup is a run of slots of one P. While it is closed, looks pass it
// by.
//
// The goroutine that takes one of its slots opens it, after it has published
// its hazard and before it validates. A look whose fence comes after that, and
// which could have to find the hazard, finds the group open. See close for the
// other side.
type guardGroup struct {
	slots [groupLen]GuardSlot
	state uint32
	_     [perproc.CacheLine - 4]byte
}

const groupLen = 64

// What a group's state may be.
const (
	groupClosed  = iota
	groupOpen    // it may have hazards
	groupClosing // it had none a moment ago
)

// A guardSegment is a run of groups of one P.
type guardSegment struct {
	// A smaller one. Its slots may be taken, and the latest even claimed again.
	older *guardSegment

	cursor perproc.Word // index of the slot where to look for a free one
	found  perproc.Word // free ones found since the cursor came into the group
	groups []guardGroup
}

// A guardBank is the slots of one P.
type guardBank struct {
	// What was claimed last: likely to be free again, and in the cache.
	latest perproc.Pointer[GuardSlot]

	latestGroup perproc.Pointer[guardGroup]  // the latest one's
	newest      atomic.Pointer[guardSegment] // the segment to claim from
	mu          sync.Mutex                   // held to add a segment
}

// guardSlots has the slots of the process's Guards.
type guardSlots struct {
	banks   *perproc.Local[guardBank]
	closing sync.Mutex // held to close groups
}

// firstGuardSegment is how many groups a P's first segment has. Each further
// segment has twice as many as the one before.
const firstGuardSegment = 1

// free reports whether a goroutine that is pinned to the slot's P may take it.
// Its acquire pairs with the Guard's Release: what the slot's last Guard did is
// done, its look at Turn too.
func (slot *GuardSlot) free() bool {
	return atomic.LoadUintptr(&slot.Hazard) == 0
}

// take takes a free slot of g and publishes p, which isn't nil, in it. The
// caller is pinned to its P.
func (g *guardGroup) take(slot *GuardSlot, p uintptr) (turn uintptr) {
	turn = slot.Turn + turnStep
	if race.Enabled {
		atomic.StoreUintptr(&slot.Turn, turn) // traces may look at it
	} else {
		slot.Turn = turn
	}
	fence.Publish(&slot.Hazard, p) // [publish], as in Holder.Protect
	// [open] comes after it: what replaces the state has seen [publish].
	fence.Mark(&g.state, groupOpen)
	return turn
}

// take takes the bank's latest slot if it is free, or claims one, and publishes
// p, which isn't nil, in it.
func (s *guardSlots) take(p uintptr) (*GuardSlot, uintptr) {
	if bank := s.banks.Of(perproc.Pin()); bank != nil {
		if latest := bank.latest.Load(); latest != nil && latest.free() {
			turn := bank.latestGroup.Load().take(latest, p)
			perproc.Unpin()
			return latest, turn
		}
	}
	perproc.Unpin()
	return s.claim(p)
}

// claim takes a free slot and publishes p, which isn't nil, in it. It is for
// when the bank's latest is taken.
func (s *guardSlots) claim(p uintptr) (*GuardSlot, uintptr) {
	for {
		bank := s.banks.Pin()
		seg := bank.newest.Load()
		group, slot, lap := seg.search()
		if slot != nil {
			turn := group.take(slot, p)
			bank.latest.Store(slot)
			bank.latestGroup.Store(group)
			perproc.Unpin()
			return slot, turn
		}
		perproc.Unpin()
		if lap {
			bank.extend(seg)
		}
	}
}

// search returns a free slot to a goroutine that is pinned to the segment's P.
// It gives up after a group's length, so as not to stay pinned for long, and at
// the end of a lap. It stays in a group of which half is free, so that groups
// which were needed once can be closed.
func (seg *guardSegment) search() (group *guardGroup, slot *GuardSlot, lap bool) {
	if seg == nil {
		return nil, nil, true
	}
	i := seg.cursor.Load()
	for range groupLen {
		if i > 0 && i%groupLen == 0 {
			if seg.found.Load() >= groupLen/2 {
				i -= groupLen
			}
			seg.found.Store(0)
			if i == groupLen*uintptr(len(seg.groups)) {
				seg.cursor.Store(0)
				return nil, nil, true
			}
		}
		group := &seg.groups[i/groupLen]
		slot := &group.slots[i%groupLen]
		i++
		if slot.free() {
			seg.cursor.Store(i)
			seg.found.Store(seg.found.Load() + 1)
			return group, slot, false
		}
	}
	seg.cursor.Store(i)
	return nil, nil, false
}

// extend adds a segment if half of seg, the newest, is taken. It is called at
// the end of a lap, so that counting costs each claim little.
//
// The new segment is linked before a goroutine can claim from it: a look whose
// fence comes after a claim's [publish] sees the segment.
func (b *guardBank) extend(seg *guardSegment) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.newest.Load() != seg {
		return // another goroutine has done it
	}
	n := firstGuardSegment
	if seg != nil {
		taken := 0
		for i := range seg.groups {
			taken += seg.groups[i].taken()
		}
		if taken < len(seg.groups)*groupLen/2 {
			return
		}
		n = 2 * len(seg.groups)
	}
	b.newest.Store(&guardSegment{older: seg, groups: make([]guardGroup, n)})
}

// taken returns how many slots are taken.
func (g *guardGroup) taken() (n int) {
	for i := range g.slots {
		if atomic.LoadUintptr(&g.slots[i].Hazard) != 0 {
			n++
		}
	}
	return n
}

// look reads every slot of the groups that are open, and closes groups in which
// it finds none taken.
func (s *guardSlots) look(l *Look) {
	closing := s.closing.TryLock()
	for g := range s.open {
		before := l.InUse
		for i := range g.slots {
			l.at(&g.slots[i].Slot)
		}
		l.Slots += groupLen
		if closing && l.InUse == before {
			g.close()
		}
	}
	if closing {
		s.closing.Unlock()
	}
}

// close closes an open group unless a slot is taken. One goroutine at a time
// may call it.
//
// A claim stores its hazard, [publish], and then groupOpen, [open]. If its
// [open] comes before [closing], so does its [publish], and taken sees it,
// unless the Guard has been released meanwhile. If it comes between [closing]
// and [closed], the latter fails. If it comes after that, it opens the group
// again. Until [closed] looks read the group.
func (g *guardGroup) close() {
	// [closing]
	if !atomic.CompareAndSwapUint32(&g.state, groupOpen, groupClosing) {
		return
	}
	if g.taken() > 0 {
		atomic.CompareAndSwapUint32(&g.state, groupClosing, groupOpen)
		return
	}
	atomic.CompareAndSwapUint32(&g.state, groupClosing, groupClosed) // [closed]
}

// open yields every group that isn't closed.
func (s *guardSlots) open(each func(*guardGroup) bool) {
	for bank := range s.banks.All() {
		for seg := bank.newest.Load(); seg != nil; seg = seg.older {
			for i := range seg.groups {
				if g := &seg.groups[i]; atomic.LoadUint32(&g.state) != groupClosed && !each(g) {
					return
				}
			}
		}
	}
}

// held returns how many Guards are held: one for each slot that is taken, but
// for an owner whose own Guard has been released.
func (s *guardSlots) held() (n int) {
	for g := range s.open {
		for i := range g.slots {
			slot := &g.slots[i]
			if atomic.LoadUintptr(&slot.Hazard) != 0 && atomic.LoadUintptr(&slot.Turn)&turnReleased == 0 {
				n++
			}
		}
	}
	return n
}

package srcu

import (
	"sync/atomic"

	"hazptr/internal/fence"
	"hazptr/internal/grace"
	"hazptr/internal/perproc"
)

// readers are the read sections of a Domain, of which only the number is known.
type readers struct {
	counts *perproc.Local[counts]
	_      [perproc.CacheLine]byte

	// index is the index of the counters that sections begin on. The other pair
	// is idle: only readers that had read the index before it changed still
	// come to it. Only grace periods change it.
	index atomic.Uintptr

	// Set by a grace period, which waits for the sections of an index to end.
	watched [2]atomic.Bool

	_ [perproc.CacheLine]byte

	notice *grace.Notice
}

// enterBeyond and leaveBeyond are for a P that did not exist when the Domain
// was made.
func (rs *readers) enterBeyond() uintptr {
	index := rs.counts.Pin().enter(rs.index.Load())
	perproc.Unpin()
	return index
}

func (rs *readers) leaveBeyond(index uintptr) {
	rs.counts.Pin().leave(index)
	perproc.Unpin()
	rs.left(index)
}

// left tells a grace period that waits for the index's sections. The caller has
// ended one, perhaps on another thread. [watched?]
func (rs *readers) left(index uintptr) {
	if rs.watched[index&1].Load() {
		rs.notice.Give()
	}
}

// GracePeriod waits until both pairs of counters have been seen to be
// quiescent.
//
// Which sections must it wait for? Heavy makes each thread drain its stores at
// some point F within the call. A section whose [lock] comes after its thread's
// F has its loads after F too. They see what the updater did before the grace
// period began, and it need not be waited for. A section whose [lock] comes
// before F is counted by every later look, on the pair whose index its ReadLock
// has read. That may be either pair. Its goroutine may have read the index, and
// then have been held up while the index changed, more than once. So both pairs
// must be waited for.
//
// New sections begin on the present index all the time, and it might never be
// quiescent. So the idle pair is waited for first. Then the index changes, and
// the pair that is idle from then on is waited for. A few sections may still
// begin on it: those of readers that had read the index before. That is one for
// each thread, and each next one begins on the other pair.
//
// Both pairs are watched before the fence, and each for as long as it is waited
// for. A section's end is visible to the looks that follow the fence, or its
// [watched?] sees the flag.
func (rs *readers) GracePeriod(unwanted <-chan struct{}) bool {
	for i := range rs.watched {
		rs.watched[i].Store(true) // [watch]
		defer rs.watched[i].Store(false)
	}
	// Between the unlinking and [watch], and the looks at [lock] and [unlock].
	// One is enough.
	fence.Heavy()

	index := rs.index.Load() & 1
	if !rs.wait(1-index, unwanted) {
		return false
	}
	rs.watched[1-index].Store(false)
	rs.index.Store(1 - index)
	return rs.wait(index, unwanted)
}

// wait waits until the index's counters have been seen to be quiescent.
func (rs *readers) wait(index uintptr, unwanted <-chan struct{}) bool {
	return rs.notice.Await(func() bool { return rs.inside(index) == 0 }, unwanted, 0)
}

// inside returns how many sections are under way on the index's counters. It
// may return more, but not fewer: every section whose [lock] was visible at the
// call and whose [unlock] was not is among them.
//
// For this all unlocks are summed before any lock. When an [unlock] is counted,
// the [lock] of its section is visible to the loads that follow, since it
// happened before: on the same thread by the order of stores, on another by the
// order of what handed the Token over. So no section is counted with its unlock
// alone, and none that is inside is made up for by another one's end.
func (rs *readers) inside(index uintptr) int {
	var locks, unlocks uintptr
	for c := range rs.counts.All() {
		unlocks += c.unlocks[index].Load() // [unlocks]
	}
	for c := range rs.counts.All() {
		locks += c.locks[index].Load() // [locks]
	}
	n := int(locks - unlocks)
	if n < 0 {
		panic("srcu: ReadUnlock of a Token that had been given to ReadUnlock already")
	}
	return n
}

// Inside returns how many sections are under way.
func (rs *readers) Inside() int { return rs.inside(0) + rs.inside(1) }

// Reporting returns nil: srcu reports no stalls.
func (rs *readers) Reporting() <-chan struct{} { return nil }

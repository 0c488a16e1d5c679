package rcu

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"hazptr/internal/fence"
	"hazptr/internal/grace"
)

// readers are the Readers of a Domain.
type readers struct {
	mu    sync.Mutex
	epoch uintptr
	all   []*Reader
	after time.Duration // when to report a stall; 0: never
	stall func(Stall)

	late []*Reader // of the grace period that is under way
}

func (rs *readers) add(r *Reader) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	fence.Release(&r.epoch, rs.epoch)
	fence.Release(&r.word, outside)
	r.place = len(rs.all)
	rs.all = append(rs.all, r)
}

func (rs *readers) remove(r *Reader) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	last := len(rs.all) - 1
	moved := rs.all[last]
	rs.all[r.place], moved.place = moved, r.place
	rs.all[last] = nil
	rs.all = rs.all[:last]
}

// GracePeriod waits until each Reader has been seen outside, or in a section that began in this grace period.
//
// A Reader's section and a grace period relate in one of two ways. Heavy makes each thread drain its stores at some point F within the call. If the reader's [inside] is
// before its F, it is visible to every later [look], with an epoch that is not this one's unless it had been loaded after [epoch]: we wait. If [inside] is
// after F, then so are the section's loads, and they see what the updater did before the grace period began. If the section's epoch is this one's, its load
// acquired [epoch], and with it what the updater did.
//
// A Reader that is made meanwhile takes mu after us; what the updater did is visible to it.
//
// Nothing is waited for twice: whoever enters again does so with this grace period's epoch, but for once, when it had loaded an earlier one already. On a machine of 32
// bits epochs are used again after 2^30 grace periods; a Reader must not be held up between two instructions for so long.
func (rs *readers) GracePeriod(wanted func() bool) bool {
	rs.mu.Lock()
	rs.epoch += step
	epoch, after, stall := rs.epoch, rs.after, rs.stall
	late := append(rs.late[:0], rs.all...)
	for _, r := range late {
		fence.Release(&r.epoch, epoch) // [epoch]
	}
	rs.mu.Unlock()

	fence.Heavy() // between the unlinking, [epoch] and [look]; pairs with [inside]

	begun, reported := time.Now(), time.Duration(0)
	passed := grace.Poll(func() bool {
		late = slices.DeleteFunc(late, func(r *Reader) bool { return !r.holdsUp(epoch) })
		if after > 0 && len(late) > 0 {
			if age := time.Since(begun); age-reported >= after {
				reported = age
				go stall(newStall(age, late)) // a user's function
			}
		}
		return len(late) == 0
	}, wanted)
	clear(late)
	rs.late = late[:0]
	return passed
}

// Inside returns how many Readers are in a read section.
func (rs *readers) Inside() (n int) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	for _, r := range rs.all {
		if atomic.LoadUintptr(&r.word)&inside != 0 {
			n++
		}
	}
	return n
}

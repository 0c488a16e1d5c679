package rcu

import (
	"math/bits"
	"slices"
	"sync"
	"sync/atomic"
	"time"
	"weak"

	"hazptr/internal/fence"
	"hazptr/internal/grace"
)

// readers are the Readers of a Domain.
type readers struct {
	mu    sync.Mutex
	epoch uintptr
	all   []*registration
	after time.Duration // when to report a stall; 0: never
	stall func(Stall)

	notice  *grace.Notice
	reports reporter
	late    []late // in the grace period that is under way
}

// A registration is what a Domain knows of a Reader. It does not keep the
// Reader alive, so that a forgotten Reader is found.
type registration struct {
	reader weak.Pointer[Reader]
	place  int     // in readers.all; -1 when the Reader is there no more
	made   uintptr // pc of the caller of NewReader

	inside *Reader // if it was forgotten in a section, which goes on for ever
}

// A late is a Reader that a grace period must look at. The Reader is nil while
// it is not known whether it was forgotten in a section.
type late struct {
	*registration
	reader *Reader
}

func (rs *readers) add(r *Reader, made uintptr) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	fence.Release(&r.epoch, rs.epoch)
	fence.Release(&r.word, outside)
	r.registration = &registration{reader: weak.Make(r), place: len(rs.all), made: made}
	rs.all = append(rs.all, r.registration)
}

func (rs *readers) remove(reg *registration) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	rs.drop(reg)
}

// forget is called when nothing refers to the Reader any more. If it is in a
// section, what it has loaded may still be in use.
func (rs *readers) forget(r *Reader) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	switch {
	case r.registration.place < 0: // closed
	case atomic.LoadUintptr(&r.word) == outside:
		rs.drop(r.registration)
	default:
		r.registration.inside = r
	}
	rs.notice.Give() // a grace period may wait to know
}

// drop is called under mu.
func (rs *readers) drop(reg *registration) {
	last := len(rs.all) - 1
	moved := rs.all[last]
	rs.all[reg.place], moved.place = moved, reg.place
	rs.all[last], reg.place = nil, -1
	rs.all = rs.all[:last]
}

// GracePeriod waits until each Reader has been seen outside, or in a section
// that began in this grace period.
//
// A Reader's section and a grace period relate in one of two ways. Heavy makes
// each thread drain its stores at some point F within the call. If the reader's
// [inside] is before its F, it is visible to every later [look], with an epoch
// that is not this one's unless it had been loaded after [epoch]: we wait. If
// [inside] is after F, then so are the section's loads, and they see what the
// updater did before the grace period began. If the section's epoch is this
// one's, its load acquired [epoch], and with it what the updater did.
//
// A Reader that is made meanwhile takes mu after us. What the updater did is
// visible to it.
//
// Nothing is waited for twice. A reader that enters again does so with this
// grace period's epoch. The exception is one section, for which it had loaded
// an earlier epoch already. On a machine of 32 bits epochs are used again after
// 2^30 grace periods. A Reader must not be held up between two instructions for
// so long.
func (rs *readers) GracePeriod(unwanted <-chan struct{}) bool {
	rs.mu.Lock()
	for rs.epoch += step; rs.used(rs.epoch); rs.epoch += step {
		// On 32 bits it has come round, perhaps by grace periods that were
		// given up, while a section went on.
	}
	epoch, after, stall := rs.epoch, rs.after, rs.stall
	all := rs.late[:0]
	for _, reg := range rs.all {
		l := late{reg, reg.present()}
		if l.reader != nil {
			fence.Release(&l.reader.epoch, epoch) // [epoch]
			l.watch(true)                         // [watch]
		}
		all = append(all, l)
	}
	rs.mu.Unlock()

	// Between the unlinking, [epoch], [watch] and [look]; it pairs with
	// [inside] and [outside].
	fence.Heavy()

	begun, reported := time.Now(), time.Duration(0)
	left := all
	passed := rs.notice.Await(func() bool {
		left = slices.DeleteFunc(left, func(l late) bool {
			if rs.holdsUp(l, epoch) {
				return false
			}
			l.watch(false)
			return true
		})
		if after > 0 && len(left) > 0 {
			if age := time.Since(begun); age-reported >= after {
				reported = age
				rs.reports.offer(stall, age, left)
			}
		}
		return len(left) == 0
	}, unwanted, after)
	for _, l := range left { // it was given up
		l.watch(false)
	}
	clear(all)
	rs.late = all[:0]
	return passed
}

// watch says whether the end of the Reader's section is waited for.
func (l late) watch(waits bool) {
	if l.reader != nil {
		l.reader.watch(waits)
	}
}

// used reports whether a Reader's section has the epoch. It is called under mu.
func (rs *readers) used(epoch uintptr) bool {
	if bits.UintSize == 64 {
		return false
	}
	return slices.ContainsFunc(rs.all, func(reg *registration) bool {
		r := reg.present()
		return r != nil && atomic.LoadUintptr(&r.word)&^nested == epoch
	})
}

// present returns the Reader, or nil if nothing refers to it any more and
// forget has not been called yet. It is called under mu.
func (reg *registration) present() *Reader {
	if reg.inside != nil {
		return reg.inside
	}
	return reg.reader.Value()
}

// holdsUp reports whether the Reader is in a section that may have begun before
// the grace period of the epoch.
func (rs *readers) holdsUp(l late, epoch uintptr) bool {
	r := l.reader
	if r == nil {
		rs.mu.Lock()
		defer rs.mu.Unlock()
		if r = l.inside; r == nil {
			return l.place >= 0 // until it has been forgotten
		}
	}
	word := atomic.LoadUintptr(&r.word) // [look]
	return word&inside != 0 && word&^nested != epoch
}

// Inside returns how many Readers are in a read section.
func (rs *readers) Inside() (n int) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	for _, reg := range rs.all {
		if r := reg.present(); r != nil && atomic.LoadUintptr(&r.word)&inside != 0 {
			n++
		}
	}
	return n
}

// Reporting returns a channel that is closed when the report that is being
// made has returned, or nil if there is none.
func (rs *readers) Reporting() <-chan struct{} { return rs.reports.underWay() }

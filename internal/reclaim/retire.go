package reclaim

import (
	"runtime"
	"time"

	"hazptr/internal/perproc"
	"hazptr/internal/yield"
)

// Retire takes an object, which has been unlinked. Where too much is pending it
// slows the caller down. With Options.Inline it may call reclaim functions.
func (r *Reclaimer) Retire(o Object) {
	reserved := r.bound == nil || o.bytes == 0 || r.bound.take(o.bytes)
	q := r.queues.Of(perproc.Pin())
	if q == nil || q.full() || !reserved {
		perproc.Unpin()
		r.retireSlowly(o, reserved)
		return
	}
	q.put(o) // [append]
	perproc.Unpin()
	// [awake?] Where this load sees awake, the scanner's [last look] at the
	// queues, which comes after its [asleep], sees [append]; where it sees
	// asleep, the caller wakes it. That one of the two happens is the work of
	// the Heavy between [asleep] and [last look]: on linux/amd64 this load may
	// overtake append's plain store.
	if yield.Enabled {
		yield.Here("awake?")
	}
	if r.bell.state.Load() != awake {
		r.notice()
	}
}

// retireSlowly makes room first, for o's bytes too unless that is reserved.
func (r *Reclaimer) retireSlowly(o Object, reserved bool) {
	put := func(q *queue) {
		q.put(o) // [append]
		perproc.Unpin()
		// While it is reclaimed inline, no pointer to it must be left here.
		o = Object{}
	}
	made := false
	defer func() {
		// Otherwise a reclaim function that was called inline has panicked, or
		// called runtime.Goexit.
		if !made {
			if !reserved {
				r.bound.pending.Add(o.bytes)
			}
			put(r.makeRoom(false))
		}
		if yield.Enabled {
			yield.Here("awake?")
		}
		if r.bell.state.Load() != awake { // [awake?], as in Retire
			r.notice()
		}
	}()
	if !reserved {
		r.reserve(o.bytes)
		reserved = true
	}
	q := r.makeRoom(true)
	made = true
	put(q)
}

// notice sees to it that a scanner looks at what was put into a queue.
func (r *Reclaimer) notice() {
	if yield.Enabled {
		yield.Here("notice")
	}
	if r.options.Inline && !Reclaiming() {
		switch r.bell.state.Load() {
		case asleep:
			if r.bell.state.CompareAndSwap(asleep, awake) {
				r.passInline()
				return
			}
		case resting:
			if r.passBeside() {
				return
			}
		}
	}
	r.bell.ring()
}

// makeRoom returns the queue of the P that it leaves the caller pinned to,
// which isn't full. Unless it may wait, it exceeds the bound if need be.
func (r *Reclaimer) makeRoom(wait bool) *queue {
	most := r.options.Queued
	step := max(1, min(chunkLen, most/8))
	var fresh *chunk
	slowed, told := !wait, !wait
	for {
		q := r.queues.Pin()
		if !q.full() {
			// It is another P's, or another goroutine made the room. A fresh
			// chunk that isn't used is the garbage collector's.
			return q
		}
		n := q.length()
		if n >= most/2 && !told {
			told = true
			perproc.Unpin()
			if !r.options.Inline || Reclaiming() || !r.reclaimInline() {
				r.bell.cutShort()
			}
			continue
		}
		if n+step <= most || slowed {
			used, made := q.extend(step, fresh)
			if used {
				fresh = nil
			}
			if made {
				return q
			}
		}
		perproc.Unpin()
		if n+step > most && !slowed {
			// If there was room, another goroutine may have taken it; check
			// again. If slowDown gave up, exceed the bound.
			slowed = !r.slowDown(func() bool { return q.length()+step <= most })
		}
		if fresh == nil {
			fresh = r.chunks.get()
		}
	}
}

// reserve takes room for n bytes, and slows the caller down until there is.
func (r *Reclaimer) reserve(n int64) {
	for !r.bound.take(n) {
		if !r.slowDown(func() bool { return r.bound.room(r.bound.pending.Load(), n) }) {
			r.bound.pending.Add(n) // exceed the bound: nothing gets on
			return
		}
	}
}

const (
	maxIdleYields = 16 // looks without progress, before ...
	maxIdleSleeps = 48 // ... sleeps without progress, before the caller goes on
)

// slowDown waits until there is room, for as long as the domain gets on, and
// reports whether there is.
func (r *Reclaimer) slowDown(room func() bool) bool {
	if Reclaiming() {
		return false // what it waits for may be its caller
	}
	begun := r.clock.now()
	found := r.waitFor(room)
	r.ledger.slowed(r.clock.now()-begun, found)
	return found
}

func (r *Reclaimer) waitFor(room func() bool) bool {
	idle, before := 0, r.progress()
	for !room() {
		r.bell.ring()
		if !r.options.Inline || !r.reclaimInline() {
			r.bell.cutShort()
		}
		switch {
		case idle >= maxIdleYields+maxIdleSleeps:
			return false
		case yield.Enabled && yield.Wait("room"):
		case idle < maxIdleYields:
			runtime.Gosched()
		default:
			time.Sleep(min(time.Millisecond, 50*time.Microsecond<<min(idle-maxIdleYields, 5)))
		}
		if now := r.progress(); now != before {
			idle, before = 0, now
		} else {
			idle++
		}
	}
	return true
}

// progress returns a number that changes when objects are taken from a queue or
// reclaimed.
func (r *Reclaimer) progress() (n uintptr) {
	for q := range r.queues.All() {
		n += q.consumed.Load()
	}
	return n + r.ledger.returned()
}

// reclaimInline makes a pass, unless one is being made, and reclaims what is
// ready. It reports whether it did.
func (r *Reclaimer) reclaimInline() bool {
	kept, made := r.pass.runInline()
	if !made {
		return false
	}
	if kept > 0 || r.ledger.stallAfter() > 0 {
		// Before the reclaim functions, which may block: the scanner may have
		// fallen asleep when nothing was kept or ready.
		r.bell.ring()
	}
	r.ledger.hire(false).work()
	return true
}

// passInline does what a scanner that was just started does first, and starts
// one only for what is left then. The caller has changed the state from asleep
// to awake.
func (r *Reclaimer) passInline() {
	if !r.pass.runInlineInTime() {
		go r.bell.start()
		return
	}
	// Before the reclaim functions, which may block: others' objects need a
	// scanner.
	switch {
	case r.scanner.fallAsleep():
	case r.scanner.lieDown():
		go r.scanner.watches()
	default:
		go r.scanner.next()
	}
	r.ledger.hire(false).work()
}

// passBeside makes a pass while the scanner rests, if there is time for it and
// no other goroutine has the turn, and reclaims what is ready. It reports
// whether it did. A scanner that is woken may wait for a P for a time slice.
func (r *Reclaimer) passBeside() bool {
	kept, silent, made := r.pass.runInlineBeside()
	if !made {
		return false
	}
	// Before the reclaim functions, which may block.
	switch {
	case r.scanner.wanted() || (kept > 0 || r.ledger.stallAfter() > 0) && r.bell.state.Load() == asleep:
		// The scanner may have been woken, and have fallen asleep, before the
		// pass. What is ready may be a stall, too.
		r.bell.ring()
	case silent:
		r.bell.cutShort() // it looks at these slots sooner than at others
	}
	r.ledger.hire(false).work()
	return true
}

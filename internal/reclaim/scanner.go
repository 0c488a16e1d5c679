package reclaim

import (
	"time"

	"hazptr/internal/perproc"
)

// A scanner decides when passes are made. It is a goroutine while something is
// pending that must be looked at.
type scanner struct {
	options *Options
	bell    *bell
	queues  *perproc.Local[queue]
	ledger  *ledger
	pass    *pass
	clock   clock

	next func() // goOn, made once so that starting the goroutine allocates nothing

	timer    *time.Timer
	patience time.Duration // how long to wait for the next pass that a waiter wants
	ready    int64         // passed.ready when patience was last reset
}

const minPatience = 20 * time.Microsecond

func (s *scanner) init(r *Reclaimer) {
	s.options, s.bell, s.queues, s.ledger, s.pass, s.clock = &r.options, &r.bell, r.queues, &r.ledger, &r.pass, r.clock
	s.next = s.goOn
	s.patience = minPatience
	s.timer = time.NewTimer(time.Hour)
	s.timer.Stop()
}

func (s *scanner) run() {
	for {
		if s.wanted() {
			s.wait()
			s.pass.run()
		} else {
			s.pass.glance()
		}
		if s.sleep() {
			return
		}
	}
}

// goOn is run after a pass that a caller of Retire has made in a quiet domain.
func (s *scanner) goOn() {
	if !s.sleep() {
		s.run()
	}
}

// restPerSlot is twenty times what it takes to look at a slot: where there are
// so many that passes no waiter wants would take more than a twentieth of a
// core, they are rarer. It is not the last pass's time that counts: that has
// the scanner's waiting for a P in it, when all are busy.
const restPerSlot = 20 * 3 * time.Nanosecond

// wait keeps Options.FlushInterval between two passes, unless it is cut short.
func (s *scanner) wait() {
	awaited := s.ledger.awaited()
	now := s.pass.now()
	if now.ready != s.ready {
		s.patience, s.ready = minPatience, now.ready
	}
	interval := s.options.FlushInterval
	if awaited {
		interval = min(interval, s.patience)
		s.patience = min(2*s.patience, time.Second)
	} else {
		s.patience = minPatience
		interval = max(interval, restPerSlot*time.Duration(now.slots))
	}
	interval -= time.Duration(s.clock.now() - now.begun)
	if interval > 0 {
		s.rest(interval)
	}
}

// rest waits, unless it is cut short.
func (s *scanner) rest(interval time.Duration) {
	s.timer.Reset(interval)
	select {
	case <-s.timer.C:
	case <-s.bell.wake:
		s.timer.Stop()
	}
}

// sleep ends the scanner if it has nothing left to do, and reports whether it
// has. If it has nothing to do for a while it rests so long.
func (s *scanner) sleep() bool {
	if s.fallAsleep() {
		return true
	}
	if !s.wanted() && s.bell.leave(resting, func() {}, s.wanted) {
		// The worker that has reclaimed the last object meanwhile may have
		// found the scanner awake, and not have woken it. If not, it finds it
		// resting.
		if interval := s.untilDue(s.pass.now()); interval > 0 {
			s.rest(interval)
		}
		s.bell.state.CompareAndSwap(resting, awake) // or the goroutine that has woken it did it
	}
	return false
}

// fallAsleep says that there is no scanner any more, unless something is left
// to do.
func (s *scanner) fallAsleep() bool {
	if s.wanted() {
		return false
	}
	if s.untilDue(s.pass.lock()) > 0 {
		s.pass.unlock()
		return false
	}
	// A Retire that makes a pass itself comes before, and untilDue has seen
	// what it kept, or after, and sees [asleep].
	return s.bell.leave(asleep, s.pass.unlock, s.wanted)
}

// How long the scanner rests between two glances at slots that may be left
// without a word: as long as it has been glancing, within these limits.
const (
	minGlance = 50 * time.Microsecond
	maxGlance = 10 * time.Millisecond
)

// untilDue returns after what time something must be looked at although no
// goroutine retires, waits or notifies, or 0 if nothing need.
func (s *scanner) untilDue(now passed) time.Duration {
	due := time.Duration(0)
	if s.options.StallAfter > 0 && (now.kept > 0 || s.ledger.waiting() > 0) {
		due = max(s.options.StallAfter/4, minWatch)
	}
	if now.silent > 0 {
		age := time.Duration(s.clock.now() - now.since)
		if glance := min(max(age, minGlance), maxGlance); due == 0 || glance < due {
			due = glance
		}
	}
	return due
}

// wanted reports whether there are objects in the queues, or a waiter waits for
// a pass.
func (s *scanner) wanted() bool { return s.queued() || s.ledger.awaited() }

// queued reports whether there are objects in the queues.
func (s *scanner) queued() bool {
	for q := range s.queues.All() {
		if q.length() > 0 {
			return true
		}
	}
	return false
}

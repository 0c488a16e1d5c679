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

	// goOn and watchOn, made once so that their start doesn't allocate.
	next, watches func()

	timer *time.Timer
}

func (s *scanner) init(r *Reclaimer) {
	s.options, s.bell, s.queues, s.ledger, s.pass, s.clock = &r.options, &r.bell, r.queues, &r.ledger, &r.pass, r.clock
	s.next, s.watches = s.goOn, s.watchOn
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

// watchOn is goOn where that caller has had the scanner rest.
func (s *scanner) watchOn() {
	s.watch()
	s.run()
}

// wait waits until there is time for a pass, or where the last one had no room,
// until there is some, unless it is cut short.
func (s *scanner) wait() {
	due := s.pass.now().due
	switch {
	case s.ledger.starving():
		due = maxStarving
	case s.ledger.awaited():
		due = 0
	}
	if due > 0 {
		s.rest(due)
	}
}

// maxStarving is how long the scanner waits for room, which a worker that has
// made it tells of.
const maxStarving = 100 * time.Millisecond

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
// has. If it has nothing to do but glances it makes these, and rests between
// them, which costs no fence.
func (s *scanner) sleep() bool {
	if s.fallAsleep() {
		return true
	}
	if s.lieDown() {
		s.watch()
	}
	return false
}

// lieDown says that the scanner rests, unless a pass is wanted, and reports
// whether it rests.
func (s *scanner) lieDown() bool {
	return !s.wanted() && s.bell.leave(resting, func() {}, s.wanted)
}

// watch makes glances until the scanner is woken, or has nothing to look at.
func (s *scanner) watch() {
	// The worker that has reclaimed the last object meanwhile may have found
	// the scanner awake, and not have ended its wait. If not, it finds it
	// resting.
	for interval := s.untilDue(s.pass.now()); interval > 0; interval = s.untilDue(s.pass.now()) {
		s.rest(interval)
		if s.bell.state.Load() != resting {
			break
		}
		s.pass.glance()
	}
	// Unless the goroutine that has woken it did it.
	s.bell.state.CompareAndSwap(resting, awake)
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
	if after := s.ledger.stallAfter(); after > 0 && (now.kept > 0 || s.ledger.waiting() > 0) {
		due = max(after/4, minWatch)
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

package reclaim

import (
	"math"
	"time"

	"hazptr/internal/linger"
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
	maxRest  time.Duration // for tests
	patience time.Duration // how long to wait for the next pass that a waiter wants
	ready    int64         // passed.ready when patience was last reset
}

const minPatience = 20 * time.Microsecond

func (s *scanner) init(r *Reclaimer) {
	s.options, s.bell, s.queues, s.ledger, s.pass, s.clock = &r.options, &r.bell, r.queues, &r.ledger, &r.pass, r.clock
	s.next = s.goOn
	s.patience, s.maxRest = minPatience, maxRest
	s.timer = time.NewTimer(time.Hour)
	s.timer.Stop()
}

func (s *scanner) run() {
	for {
		s.wait()
		old, now := s.pass.run()
		switch {
		case now > old:
			s.linger(old)
		case now > 0 && s.ledger.awaited():
			s.linger(now - 1)
		}
		if s.sleep() {
			return
		}
	}
}

// goOn is run after a pass that a caller of Retire has made in a quiet domain.
func (s *scanner) goOn() {
	s.linger(0)
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
	interval := s.untilDue(s.pass.now())
	if interval > s.options.FlushInterval && !s.wanted() && s.bell.leave(resting, func() {}, s.wanted) {
		// The worker that has reclaimed the last object meanwhile may have
		// found the scanner awake, and not have woken it. If not, it finds it
		// resting.
		if s.untilDue(s.pass.now()) > 0 {
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

const (
	restPart = 64 // what has been protected for a while is looked at again after such a part of the time
	maxRest  = 100 * time.Millisecond
)

// untilDue returns after what time something must be looked at although no
// goroutine retires or waits, or 0 if nothing need.
func (s *scanner) untilDue(now passed) time.Duration {
	watch := time.Duration(math.MaxInt64)
	if s.options.StallAfter > 0 {
		watch = max(s.options.StallAfter/4, minWatch)
	}
	if now.kept > 0 {
		age := time.Duration(s.clock.now() - now.changed)
		return min(max(s.options.FlushInterval, min(age/restPart, s.maxRest)), watch)
	}
	if s.options.StallAfter > 0 && s.ledger.waiting() > 0 {
		return watch
	}
	return 0
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

// lingerSlots is how many slots may hold what is kept: more are not looked at
// again and again.
const lingerSlots = 64

// linger looks at what is protected a little longer, until no more than old
// objects are, unless the next pass is wanted.
func (s *scanner) linger(old int) {
	linger.Until(func() bool {
		return s.pass.glanceAgain(old, func() bool { return len(s.bell.wake) > 0 && s.queued() })
	})
}

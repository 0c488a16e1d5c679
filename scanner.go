package hazptr

import (
	"math"
	"time"

	"hazptr/internal/fence"
)

// A scanner finds out which of a domain's retired objects nothing protects any more. It is a goroutine while something is pending that
// must be looked at; it never runs a user's function, so nothing holds it up.
//
// It works in rounds: a round begins with a look at the queues' tails and is complete when everything below them has been scanned. That may take
// several passes, since a pass takes no more than there is room for. A pass is
//
//	take objects from the queues → fence.Heavy → look at all hazards → those without one are ready, the others kept
//
// and objects that were kept are looked for again in each pass.
type scanner struct {
	d     *Domain
	loop  func() // run, made once so that starting the goroutine allocates nothing
	limit int    // how many objects may be kept or ready, unless there are more hazards than half of it

	kept    []retired // what was protected at the last pass, in the order of rounds
	hazards []uintptr
	lookup  pointerSet

	timer    *time.Timer
	last     int64         // when the last pass began
	patience time.Duration // how long to wait for the next one, when somebody waits for it
}

// never is a round that comes after all others. Rounds are numbered by the time of their beginning, see Domain.clock.
const never = math.MaxInt64

const minPatience = 20 * time.Microsecond

func (s *scanner) init(d *Domain, limit int) {
	s.d, s.limit = d, limit
	s.loop = s.run
	s.last = math.MinInt64 / 2
	s.patience = minPatience
	s.timer = time.NewTimer(time.Hour)
	s.timer.Stop()
}

func (s *scanner) run() {
	for {
		s.wait()
		s.pass()
		if s.sleep() {
			return
		}
	}
}

// restPerSlot is twenty times what it takes to look at a slot: where there are so many that scans for nobody would take more than a twentieth of a
// core, they are rarer. It is not the last scan's time that counts: that has the scanner's waiting for a P in it, when all are busy.
const restPerSlot = 20 * 3 * time.Nanosecond

// wait keeps FlushInterval between two passes, unless it is cut short.
func (s *scanner) wait() {
	d := s.d
	interval := d.config.FlushInterval
	if d.awaited() {
		interval = min(interval, s.patience)
		s.patience = min(2*s.patience, time.Second)
	} else {
		s.patience = minPatience
		interval = max(interval, restPerSlot*time.Duration(hazardSlots()))
	}
	if left := interval - time.Duration(d.clock()-s.last); left > 0 {
		s.timer.Reset(left)
		select {
		case <-s.timer.C:
		case <-d.wake:
			s.timer.Stop()
		}
	}
	s.last = d.clock()
}

// sleep ends the scanner if it has nothing left to do, and reports whether it has.
func (s *scanner) sleep() bool {
	d := s.d
	if len(s.kept) > 0 || s.wanted() {
		return false
	}
	// [asleep] From here on whoever sees it starts a scanner.
	d.state.Store(asleep)
	// A Retire may have stored [append] and, before we said so, read that we are awake. Either its [awake?] comes after this fence, and sees that
	// we are not; or its [append] came before, and the [last look] sees it.
	fence.Heavy()
	if s.wanted() && d.state.CompareAndSwap(asleep, awake) { // [last look]
		return false
	}
	// If the swap failed, another scanner has been started, or the domain was closed, see Close.
	return true
}

// wanted reports whether there are objects in the queues, or somebody waits for a round.
func (s *scanner) wanted() bool {
	for q := range s.d.queues.All() {
		if q.length() > 0 {
			return true
		}
	}
	return s.d.awaited()
}

func (s *scanner) pass() {
	d := s.d
	s.begin()
	fresh, starved := s.take()
	if fresh > 0 {
		fence.Heavy() // between the unlinking, which begin's load of the tails has acquired, and the look at the hazards
	}
	s.hazards = appendHazards(s.hazards[:0])
	s.index(fresh)
	batch, holding := s.divide()

	d.mu.Lock()
	defer d.mu.Unlock()
	complete := true
	for q := range d.queues.All() {
		if q.consumed.Add(q.taking) != q.goal {
			complete = false
		}
		q.taking = 0
	}
	if complete {
		d.complete = d.round
	}
	d.scanned += int64(fresh)
	d.scans++
	if fresh > 0 {
		d.fences++
	}
	d.holding = int64(holding)
	d.oldestKept = never
	if len(s.kept) > 0 {
		d.oldestKept = s.kept[0].round
	}
	if batch.n > 0 {
		s.patience = minPatience
		d.ready.add(batch)
	}
	d.starved = starved
	d.feed() // the workers may have got on since take looked
	d.settle()
}

// begin begins a round if the last one is complete.
func (s *scanner) begin() {
	d := s.d
	d.mu.Lock()
	begins := d.complete == d.round
	if begins {
		d.round = max(d.clock(), d.round+1)
	}
	d.mu.Unlock()
	// Only now, so that whoever waits for a round after the one that it saw finds its objects below the goals.
	if begins {
		for q := range d.queues.All() {
			q.goal = q.tail.Load() // pairs with [append]
		}
	}
}

// take decides how many objects to take from each queue, returns the sum, and tells whether it left some for want of room.
func (s *scanner) take() (fresh int, starved bool) {
	d := s.d
	wanted := 0
	for q := range d.queues.All() {
		wanted += int(q.goal - q.consumed.Load())
	}
	limit := max(s.limit, 2*len(s.hazards))
	d.mu.Lock()
	room := limit - len(s.kept) - int(d.ready.added-d.ready.done)
	d.mu.Unlock()
	if wanted > 0 && room < min(wanted, limit/4) {
		return 0, true // a fence for a few is a waste
	}
	for q := range d.queues.All() {
		q.taking = min(q.goal-q.consumed.Load(), uintptr(room-fresh))
		fresh += int(q.taking)
	}
	return fresh, fresh < wanted
}

// index fills lookup with the hazards that matter. What it looks up is put into a table and what there is streamed past it, whichever way
// keeps the table small: with more hazards than objects, most of them hold none of ours.
func (s *scanner) index(fresh int) {
	if n := fresh + len(s.kept); len(s.hazards) > n {
		s.lookup.reset(n)
		for i := range s.kept {
			s.lookup.add(uintptr(s.kept[i].object))
		}
		for q := range s.d.queues.All() {
			for piece := range q.pieces(q.taking) {
				for i := range piece {
					s.lookup.add(uintptr(piece[i].object))
				}
			}
		}
		ours := s.hazards[:0]
		for _, p := range s.hazards {
			if s.lookup.has(p) {
				ours = append(ours, p)
			}
		}
		s.lookup.reset(len(ours))
		for _, p := range ours {
			s.lookup.add(p)
		}
		return
	}
	s.lookup.reset(len(s.hazards))
	for _, p := range s.hazards {
		s.lookup.add(p)
	}
}

// divide divides the kept and the taken objects into those that a hazard holds, which are kept, and the others, which it returns. holding is how many
// hazards hold the kept ones.
func (s *scanner) divide() (batch batch, holding int) {
	d := s.d
	kept := s.kept[:0]
	for _, r := range s.kept {
		if n := s.lookup.count(r.object); n > 0 {
			holding += n
			kept = append(kept, r)
		} else {
			batch.push(r, &d.chunks)
		}
	}
	clear(s.kept[len(kept):])
	for q := range d.queues.All() {
		for piece := range q.pieces(q.taking) {
			for _, r := range piece {
				r.round = d.round
				if n := s.lookup.count(r.object); n > 0 {
					holding += n
					kept = append(kept, r)
				} else {
					batch.push(r, &d.chunks)
				}
			}
		}
		q.drop(q.taking, &d.chunks)
	}
	s.kept = kept
	return batch, holding
}

package hazptr

import (
	"cmp"
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"hazptr/internal/fence"
	"hazptr/internal/linger"
	"hazptr/internal/yield"
)

// A scanner finds out which of a domain's retired objects nothing protects any more. It is a goroutine while something is pending that
// must be looked at; it never runs a user's function, so nothing holds it up.
//
// It works in rounds: a round begins with a look at the queues' tails and is
// collected when passes have taken everything below them. That may take several
// passes, since a pass takes no more than there is room for. A pass is
//
//	take objects from the queues → fence.Heavy → look at all hazards → those without one are ready, the others kept
//
// and of the objects that were kept, the hazards that held them are read again in each pass.
type scanner struct {
	d     *Domain
	loop  func() // run, made once so that starting the goroutine allocates nothing
	next  func() // goOn, likewise
	limit int    // how many objects may be kept or ready, unless there are more hazards than half of it

	timer   *time.Timer
	maxRest time.Duration // for tests

	// passing is held for a pass: by the goroutine, or by a Retire that reclaims inline. It guards what follows. mu may be taken under it.
	passing  sync.Mutex
	last     int64         // when the last pass began
	rounds   []round       // that the pass takes objects of
	patience time.Duration // how long to wait for the next one, when somebody waits for it
	kept     []keptObject  // what was protected at the last pass, in the order of rounds
	holding  []*uintptr    // the slots that hold them, in the same order
	changed  int64         // when the kept objects last changed
	look     look
	spans    []span   // what the pass has found ready, until handOver
	n        int      // objects in spans
	moved    []*chunk // one for each entry that was moved out of a chunk, and for each chunk that was left
	spare    *chunk   // where objects go that are kept no longer
	used     uintptr  // entries of spare
}

// A keptObject is an object that something protects.
type keptObject struct {
	retired
	round int64 // that collected it
	slots int   // how many hold it
	told  int64 // its age when a stall was reported, or 0
}

// never is a round that comes after all others. Rounds are numbered by the time of their beginning, see Domain.clock.
const never = math.MaxInt64

const minPatience = 20 * time.Microsecond

func (s *scanner) init(d *Domain, limit int) {
	s.d, s.limit = d, limit
	s.loop, s.next = s.run, s.goOn
	s.last = math.MinInt64 / 2
	s.patience, s.maxRest = minPatience, maxRest
	s.timer = time.NewTimer(time.Hour)
	s.timer.Stop()
}

func (s *scanner) run() {
	for {
		s.wait()
		s.passing.Lock()
		old := s.pass(false)
		now := len(s.kept)
		s.passing.Unlock()
		switch {
		case now > old:
			s.linger(old)
		case now > 0 && s.d.awaited():
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

// restPerSlot is twenty times what it takes to look at a slot: where there are so many that scans for nobody would take more than a twentieth of a
// core, they are rarer. It is not the last scan's time that counts: that has the scanner's waiting for a P in it, when all are busy.
const restPerSlot = 20 * 3 * time.Nanosecond

// wait keeps FlushInterval between two passes, unless it is cut short.
func (s *scanner) wait() {
	d := s.d
	awaited := d.awaited()
	s.passing.Lock()
	interval := d.config.FlushInterval
	if awaited {
		interval = min(interval, s.patience)
		s.patience = min(2*s.patience, time.Second)
	} else {
		s.patience = minPatience
		interval = max(interval, restPerSlot*time.Duration(s.look.slots))
	}
	interval -= time.Duration(d.clock() - s.last)
	s.passing.Unlock()
	if interval > 0 {
		s.rest(interval)
	}
}

// rest waits, unless it is cut short.
func (s *scanner) rest(interval time.Duration) {
	s.timer.Reset(interval)
	select {
	case <-s.timer.C:
	case <-s.d.wake:
		s.timer.Stop()
	}
}

// sleep ends the scanner if it has nothing left to do, and reports whether it has. If it has nothing to do for a while it rests so long.
func (s *scanner) sleep() bool {
	if s.fallAsleep() {
		return true
	}
	d := s.d
	s.passing.Lock()
	interval := s.untilDue()
	s.passing.Unlock()
	if interval > d.config.FlushInterval && !s.wanted() && s.leave(resting, func() {}) {
		// The worker that has reclaimed the last object meanwhile may have found us awake, and not have woken us. If not, it finds us resting.
		s.passing.Lock()
		due := s.untilDue() > 0
		s.passing.Unlock()
		if due {
			s.rest(interval)
		}
		d.state.CompareAndSwap(resting, awake) // or whoever has woken us did it
	}
	return false
}

// fallAsleep says that there is no scanner any more, unless something is left to do.
func (s *scanner) fallAsleep() bool {
	if s.wanted() {
		return false
	}
	s.passing.Lock()
	if s.untilDue() > 0 {
		s.passing.Unlock()
		return false
	}
	// A Retire that makes a pass itself comes before, and untilDue has seen what it kept, or after, and sees [asleep].
	return s.leave(asleep, s.passing.Unlock)
}

// leave changes the state from awake, unless something is left to do, and reports whether it is so. It calls stored as soon as the state is stored.
func (s *scanner) leave(state uint32, stored func()) bool {
	d := s.d
	// [asleep] From here on whoever sees it starts a scanner, or wakes this one.
	if yield.Enabled {
		yield.Here("asleep")
	}
	d.state.Store(state)
	stored()
	// A Retire may have stored [append] and, before we said so, read that we are awake. Either its [awake?] comes after this fence, and sees that
	// we are not; or its [append] came before, and the [last look] sees it.
	fence.Heavy()
	// If the swap fails, another scanner has been started, or this one was woken.
	if yield.Enabled {
		yield.Here("last look")
	}
	return !s.wanted() || !d.state.CompareAndSwap(state, awake) // [last look]
}

const (
	restPart = 64 // what has been protected for a while is looked at again after such a part of the time
	maxRest  = 100 * time.Millisecond
)

// untilDue returns after what time something must be looked at although nobody retires or waits, or 0 if nothing need.
func (s *scanner) untilDue() time.Duration {
	d := s.d
	watch := time.Duration(math.MaxInt64)
	if d.config.StallAfter > 0 {
		watch = max(d.config.StallAfter/4, minWatch)
	}
	if len(s.kept) > 0 {
		age := time.Duration(d.clock() - s.changed)
		return min(max(d.config.FlushInterval, min(age/restPart, s.maxRest)), watch)
	}
	if d.config.StallAfter > 0 && d.reclaimingAny() {
		return watch
	}
	return 0
}

// wanted reports whether there are objects in the queues, or somebody waits for a round.
func (s *scanner) wanted() bool { return s.queued() || s.d.awaited() }

// queued reports whether there are objects in the queues.
func (s *scanner) queued() bool {
	for q := range s.d.queues.All() {
		if q.length() > 0 {
			return true
		}
	}
	return false
}

// lingerSlots is how many slots may hold what is kept: more are not looked at again and again.
const lingerSlots = 64

// linger looks at what is protected a little longer, until no more than old objects are, unless somebody wants the next pass.
func (s *scanner) linger(old int) {
	d := s.d
	linger.Until(func() bool {
		s.passing.Lock()
		defer s.passing.Unlock()
		if n := len(s.holding); n == 0 || n > lingerSlots || len(d.wake) > 0 && s.queued() {
			return true
		}
		if s.glance(); s.n > 0 {
			d.mu.Lock()
			s.handOver(false)
			d.settle()
			d.mu.Unlock()
		}
		return len(s.kept) <= old
	})
}

// pass makes a pass, for a caller of Retire who will then be a worker if inline, and reports how many of the objects that were kept before it still are. Those that are kept now come after them. The caller holds passing.
func (s *scanner) pass(inline bool) (old int) {
	d := s.d
	begun := d.clock()
	s.last = begun
	s.begin()
	taken, starved, enough := s.take()
	s.glance()
	old = len(s.kept)
	fenced := int64(0)
	if taken > 0 {
		beforeFence := d.clock()
		fence.Heavy() // between the unlinking, which begin's load of the tails has acquired, and the look at the hazards
		fenced = d.clock() - beforeFence
		s.ask(taken)
		s.look.all()
		s.divide()
	}
	if len(s.kept) > old {
		s.changed = begun
	}
	d.watch(s)

	d.mu.Lock()
	defer d.mu.Unlock()
	for q := range d.queues.All() {
		q.pass(q.taking, &d.chunks)
		if yield.Enabled {
			yield.Here("consumed")
		}
		q.consumed.Add(q.taking)
		q.taking, q.divided = 0, 0
	}
	d.rounds.collect(s.rounds[len(s.rounds)-1].number)
	d.scanned += int64(taken)
	d.note()
	d.passes++
	if taken > 0 {
		d.scans++
		d.fenceTime += fenced
		d.scanTime += d.clock() - begun - fenced
		d.slots = int64(s.look.slots)
	}
	d.starved, d.enough = starved, enough
	s.handOver(inline)
	d.feed() // the workers may have got on since take looked
	d.settle()
	return old
}

// handOver gives the workers what was found ready, of which the caller will be one if inline. It is called under mu.
func (s *scanner) handOver(inline bool) {
	d := s.d
	d.holding = int64(len(s.holding))
	d.oldestKept = never
	if len(s.kept) > 0 {
		d.oldestKept = s.kept[0].round
	}
	for _, w := range d.waiters {
		n, _ := slices.BinarySearchFunc(s.kept, w.round+1, func(k keptObject, round int64) int { return cmp.Compare(k.round, round) })
		w.kept = int64(n)
	}
	if d.bound != nil {
		kept := int64(0)
		for i := range s.kept {
			kept += s.kept[i].bytes
		}
		d.bound.kept.Store(kept) // before a worker takes off what is kept no longer
	}
	for _, c := range s.moved {
		d.chunks.let(c, 1)
	}
	clear(s.moved)
	s.moved = s.moved[:0]
	if s.n > 0 {
		s.patience = minPatience
		d.ready.add(s.spans, s.n)
		if !inline {
			d.ready.start()
		}
	}
	clear(s.spans)
	s.spans, s.n = s.spans[:0], 0
}

// begin begins a round, unless there is one to collect.
func (s *scanner) begin() {
	s.d.mu.Lock()
	defer s.d.mu.Unlock()
	if len(s.d.rounds.open) == 0 {
		s.d.rounds.begin(s.d)
	}
	s.rounds = append(s.rounds[:0], s.d.rounds.open...)
}

// take decides how many objects to take from each queue, those of earlier rounds
// first, and returns the sum. It tells whether it left some for want of room. If
// so there is enough of it when no more than enough objects wait for workers.
func (s *scanner) take() (taken int, starved bool, enough int64) {
	d := s.d
	wanted := 0
	for _, g := range s.rounds[len(s.rounds)-1].goals {
		wanted += int(g.left())
	}
	// One hazard pointer keeps several objects that have one address, as a struct
	// and its first field have.
	limit := max(s.limit, 2*s.look.inUse, 2*len(s.kept))
	d.mu.Lock()
	room := limit - len(s.kept) - int(d.ready.waiting())
	d.mu.Unlock()
	least := min(wanted, limit/4)
	enough = int64(max(0, min(s.limit/2, limit-len(s.kept)-least)))
	if wanted > 0 && room < least {
		return 0, true, enough // a fence for a few is a waste
	}
	for _, r := range s.rounds {
		for _, g := range r.goals {
			n := min(g.left()-g.queue.taking, uintptr(room-taken))
			g.queue.taking += n
			taken += int(n)
		}
	}
	return taken, taken < wanted, enough
}

// ask prepares the look at what is taken: for these only where there are more slots than objects, since most hold none of ours then.
func (s *scanner) ask(taken int) {
	if s.look.slots <= taken {
		s.look.ask(0)
		return
	}
	s.look.ask(taken)
	for q := range s.d.queues.All() {
		for piece := range q.pieces(0, q.taking) {
			for i := piece.from; i < piece.to; i++ {
				s.look.asked.add(uintptr(piece.chunk.objects[i]))
			}
		}
	}
}

// divide divides what is taken into what a hazard holds, which is kept, in the
// order of rounds, and the rest, which is ready where it is.
func (s *scanner) divide() {
	for _, r := range s.rounds {
		for _, g := range r.goals {
			q := g.queue
			to := min(g.left(), q.taking)
			if to == q.divided {
				continue // nothing was retired since the round before
			}
			for piece := range q.pieces(q.divided, to) {
				piece.round = r.number
				if len(s.look.found) > 0 {
					piece = s.keep(piece)
				}
				s.give(piece)
			}
			q.divided = to
		}
	}
}

// keep moves what a hazard holds out of piece, gives what is between, and returns the rest.
func (s *scanner) keep(piece span) (rest span) {
	for i := piece.from; i < piece.to; i++ {
		object := piece.chunk.objects[i]
		if s.look.index.get(uintptr(object)) == none {
			continue
		}
		before := len(s.holding)
		for slot := range s.look.holding(uintptr(object)) {
			s.holding = append(s.holding, slot)
		}
		s.kept = append(s.kept, keptObject{retired: piece.chunk.take(i), round: piece.round, slots: len(s.holding) - before})
		s.moved = append(s.moved, piece.chunk)
		between := piece
		between.to = i
		s.give(between)
		piece.from = i + 1
	}
	return piece
}

// give makes a span ready.
func (s *scanner) give(piece span) {
	if piece.from < piece.to {
		s.spans = append(s.spans, piece)
		s.n += int(piece.to - piece.from)
	}
}

// glance reads the slots that held the kept objects again and gives those objects that none holds any more.
func (s *scanner) glance() {
	kept, holding := s.kept[:0], s.holding[:0]
	next := 0
	for _, k := range s.kept {
		before := len(holding)
		for _, slot := range s.holding[next : next+k.slots] {
			if yield.Enabled {
				yield.Here("look")
			}
			if atomic.LoadUintptr(slot) == uintptr(k.object) { // [look]
				holding = append(holding, slot)
			}
		}
		next += k.slots
		if k.slots = len(holding) - before; k.slots > 0 {
			kept = append(kept, k)
			continue
		}
		s.release(k)
	}
	if len(kept) < len(s.kept) {
		s.changed = s.d.clock()
	}
	clear(s.kept[len(kept):])
	clear(s.holding[len(holding):])
	s.kept, s.holding = kept, holding
}

// release gives a kept object.
func (s *scanner) release(k keptObject) {
	if s.spare == nil || s.used == chunkLen {
		if s.spare != nil {
			s.moved = append(s.moved, s.spare)
		}
		s.spare, s.used = s.d.chunks.get(), 0
	}
	s.spare.set(s.used, k.retired)
	s.used++
	if last := len(s.spans) - 1; last >= 0 && s.spans[last].chunk == s.spare && s.spans[last].round == k.round {
		s.spans[last].to++
		s.n++
		return
	}
	s.give(span{chunk: s.spare, from: s.used - 1, to: s.used, round: k.round})
}

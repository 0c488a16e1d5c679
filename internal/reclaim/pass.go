package reclaim

import (
	"math"
	"sync"
	"sync/atomic"

	"hazptr/internal/fence"
	"hazptr/internal/hazard"
	"hazptr/internal/perproc"
	"hazptr/internal/yield"
)

// A pass finds out which retired objects nothing protects any more. It is made
// by the scanner, or by a Retire that reclaims inline, one at a time. It never
// runs a user's function, so nothing holds it up. It is
//
//	take objects from the queues → fence.Heavy → look at all hazards →
//	what none holds is ready, the rest kept
//
// and of the objects that were kept, the hazards that held them are read again
// in each pass.
//
// Passes work in rounds: a round begins with a look at the queues' tails and is
// collected when passes have taken everything below them. That may take several
// passes, since a pass takes no more than there is room for.
type pass struct {
	ledger *ledger
	queues *perproc.Local[queue]
	chunks *chunkPool
	clock  clock
	limit  int // how many objects may be kept or ready, unless there are more hazards than half of it

	passing sync.Mutex // guards what follows. The ledger's lock may be taken under it.
	passed  passed
	rounds  []round // that the pass takes objects of
	keeping
	look hazard.Look
}

// A passed is what passes have come to.
type passed struct {
	begun   int64 // when the last one began
	changed int64 // when the kept objects last changed
	ready   int64 // objects handed over, since the start
	kept    int   // objects that are protected
	slots   int   // that the last look has read
}

func (p *pass) init(l *ledger, scanned int) {
	p.ledger, p.queues, p.chunks, p.clock, p.limit = l, l.queues, l.chunks, l.clock, scanned
	p.keeping.chunks = l.chunks
	p.passed.begun = math.MinInt64 / 2
}

// lock keeps passes from being made until unlock, and returns what they have
// come to.
func (p *pass) lock() passed {
	p.passing.Lock()
	return p.state()
}

func (p *pass) unlock() { p.passing.Unlock() }

// state is called with the pass locked.
func (p *pass) state() passed {
	p.passed.kept, p.passed.slots, p.passed.ready = len(p.kept), p.look.Slots, p.ready
	return p.passed
}

// now returns what passes have come to.
func (p *pass) now() passed {
	defer p.passing.Unlock()
	return p.lock()
}

// run makes a pass, and reports how many of the objects that were kept before
// it still are, and how many are kept now.
func (p *pass) run() (old, now int) {
	p.passing.Lock()
	defer p.passing.Unlock()
	old = p.make(false)
	return old, len(p.kept)
}

// runInline makes a pass, unless one is being made, for a caller that will then
// be a worker. It reports whether it did, and how many objects are kept.
func (p *pass) runInline() (kept int, made bool) {
	if !p.passing.TryLock() {
		return 0, false
	}
	defer p.passing.Unlock()
	p.make(true)
	return len(p.kept), true
}

// runInlineAfter makes a pass as runInline does, once no other is being made,
// unless the last one began less than interval nanoseconds ago.
func (p *pass) runInlineAfter(interval int64) (made bool) {
	p.passing.Lock()
	defer p.passing.Unlock()
	if p.clock.now()-p.passed.begun < interval {
		return false
	}
	p.make(true)
	return true
}

// glanceAgain looks at what is protected, until no more than old objects are.
// It reports whether that is so, or nothing is held, or too much to be looked
// at again and again, or enough reports true.
func (p *pass) glanceAgain(old int, enough func() bool) bool {
	p.passing.Lock()
	defer p.passing.Unlock()
	if n := len(p.holding); n == 0 || n > lingerSlots || enough() {
		return true
	}
	if p.glance(); p.n > 0 {
		p.ledger.finishGlance(p)
	}
	return len(p.kept) <= old
}

// make makes a pass, for a caller of Retire that will then be a worker if
// inline. It reports how many of the objects that were kept before it still
// are. What it keeps comes after them. It is called, as what follows, with
// the pass locked.
func (p *pass) make(inline bool) (old int) {
	begun := p.clock.now()
	p.passed.begun = begun
	p.rounds = p.ledger.beginRound(p.rounds[:0])
	taken, starved, enough := p.take()
	p.glance()
	old = len(p.kept)
	fenced := int64(0)
	if taken > 0 {
		beforeFence := p.clock.now()
		fence.Heavy() // between the unlinking, which beginRound's load of the tails has acquired, and the look at the hazards
		fenced = p.clock.now() - beforeFence
		p.ask(taken)
		p.look.All()
		p.divide()
	}
	if len(p.kept) > old {
		p.passed.changed = begun
	}
	var stalls []Pending
	if after := p.ledger.options.StallAfter; after > 0 {
		stalls = p.overdue(p.clock.now(), after)
	}
	p.ledger.finishPass(p, inline, passResult{taken, starved, enough, begun, fenced, stalls})
	return old
}

// A passResult is what the ledger is told of a pass, beside what the pass
// holds.
type passResult struct {
	taken     int
	starved   bool  // it has left objects in the queues, until no more than ...
	enough    int64 // ... so many wait for workers
	begun     int64
	fenceTime int64
	stalls    []Pending // what has been protected for too long
}

// take decides how many objects to take from each queue, those of earlier
// rounds first, and returns the sum. It tells whether it left some for want of
// room. If so there is enough of it when no more than enough objects wait for
// workers.
func (p *pass) take() (taken int, starved bool, enough int64) {
	wanted := 0
	for _, g := range p.rounds[len(p.rounds)-1].goals {
		wanted += int(g.left())
	}
	// One hazard pointer keeps several objects that have one address, as a
	// struct and its first field have.
	limit := max(p.limit, 2*p.look.InUse, 2*len(p.kept))
	room := limit - len(p.kept) - int(p.ledger.waiting())
	least := min(wanted, limit/4)
	enough = int64(max(0, min(p.limit/2, limit-len(p.kept)-least)))
	if wanted > 0 && room < least {
		return 0, true, enough // a fence for a few is a waste
	}
	for _, r := range p.rounds {
		for _, g := range r.goals {
			n := min(g.left()-g.queue.taking, uintptr(room-taken))
			g.queue.taking += n
			taken += int(n)
		}
	}
	return taken, taken < wanted, enough
}

// ask prepares the look at what is taken: for these only where there are more
// slots than objects, since most slots hold none of them then.
func (p *pass) ask(taken int) {
	if p.look.Slots <= taken {
		p.look.Ask(0)
		return
	}
	p.look.Ask(taken)
	for q := range p.queues.All() {
		for piece := range q.pieces(0, q.taking) {
			for i := piece.from; i < piece.to; i++ {
				p.look.About(uintptr(piece.chunk.objects[i]))
			}
		}
	}
}

// divide divides what is taken into what a hazard holds, which is kept, in the
// order of rounds, and the rest, which is ready where it is.
func (p *pass) divide() {
	for _, r := range p.rounds {
		for _, g := range r.goals {
			q := g.queue
			to := min(g.left(), q.taking)
			if to == q.divided {
				continue // nothing was retired since the round before
			}
			for piece := range q.pieces(q.divided, to) {
				piece.round = r.number
				if !p.look.Nothing() {
					piece = p.keep(piece)
				}
				p.give(piece)
			}
			q.divided = to
		}
	}
}

// keep moves what a hazard holds out of piece, gives what is between, and
// returns the rest.
func (p *pass) keep(piece span) (rest span) {
	for i := piece.from; i < piece.to; i++ {
		object := piece.chunk.objects[i]
		if !p.look.Found(uintptr(object)) {
			continue
		}
		before := len(p.holding)
		for slot := range p.look.Holding(uintptr(object)) {
			p.holding = append(p.holding, slot)
		}
		p.kept = append(p.kept, keptObject{Object: piece.chunk.take(i), round: piece.round, slots: len(p.holding) - before})
		p.moved = append(p.moved, piece.chunk)
		between := piece
		between.to = i
		p.give(between)
		piece.from = i + 1
	}
	return piece
}

// glance reads the slots that held the kept objects again and gives those
// objects that none holds any more.
func (p *pass) glance() {
	kept, holding := p.kept[:0], p.holding[:0]
	next := 0
	for _, k := range p.kept {
		before := len(holding)
		for _, slot := range p.holding[next : next+k.slots] {
			if yield.Enabled {
				yield.Here("look")
			}
			if atomic.LoadUintptr(slot) == uintptr(k.at) { // [look]
				holding = append(holding, slot)
			}
		}
		next += k.slots
		if k.slots = len(holding) - before; k.slots > 0 {
			kept = append(kept, k)
			continue
		}
		p.release(k)
	}
	if len(kept) < len(p.kept) {
		p.passed.changed = p.clock.now()
	}
	clear(p.kept[len(kept):])
	clear(p.holding[len(holding):])
	p.kept, p.holding = kept, holding
}

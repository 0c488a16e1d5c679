package reclaim

import (
	"math"
	"time"

	"hazptr/internal/fence"
	"hazptr/internal/goroutine"
	"hazptr/internal/hazard"
	"hazptr/internal/perproc"
)

// A pass finds out which retired objects nothing protects any more. It is made
// by the scanner, or by a Retire that reclaims inline, one at a time. It never
// runs a user's function, so nothing holds it up. It is
//
//	take objects from the queues → fence.Heavy → look at all hazards →
//	what none holds is ready, the rest kept
//
// and for what is kept
//
//	add a Watch for each slot → fence.Heavy → look at those slots again
//
// From then on the readers notify. See hazard.Watch for the argument.
//
// Passes work in rounds: a round begins with a look at the queues' tails and is
// collected when passes have taken everything below them. That may take several
// passes, since a pass takes no more than there is room for.
type pass struct {
	ledger *ledger
	queues *perproc.Local[queue]
	chunks *chunkPool
	clock  clock

	// How many objects may be kept or ready, unless there are more hazards than
	// half of it.
	limit int

	budget  budget
	turn    turn // guards what follows. The ledger's lock may be taken in it.
	passed  passed
	rounds  []round // that the pass takes objects of
	changes int64   // of what is reported, that stalls has seen
	keeping
	hazards hazard.Look
}

// A passed is what passes have come to.
type passed struct {
	silent int   // slots that hold what is kept, and may be left without a word
	since  int64 // when the last of them was found

	due   time.Duration // after which there is time for the next one
	ready int64         // objects handed over, since the start
	kept  int           // objects that are protected
	slots int           // that the last look has read
}

func (p *pass) init(l *ledger) {
	p.ledger, p.queues, p.chunks, p.clock, p.limit = l, l.queues, l.chunks, l.clock, l.options.Scanned
	p.budget.percent = int64(l.options.ScanPercent)
	p.budget.paid.Store(math.MinInt64 / 2)
	p.keeping.chunks, p.keeping.alone = l.chunks, goroutine.Bubbled()
}

// lock keeps passes from being made until unlock, and returns what they have
// come to.
func (p *pass) lock() passed {
	p.turn.take()
	return p.state()
}

func (p *pass) unlock() { p.end(false) }

// end ends the turn, after it has looked at the slots that have been left. What
// is ready then is for workers, of which the caller will be one if inline. It
// reports whether something is.
func (p *pass) end(inline bool) (ready bool) {
	for {
		left := p.turn.end()
		if len(left) == 0 {
			return ready
		}
		for _, w := range left {
			p.look(w)
		}
		ready = p.finishGlance(inline) || ready
	}
}

// Left implements hazard.Watcher.
func (p *pass) Left(w *hazard.Watch) { p.turn.note(w) }

// Serve implements hazard.Watcher. In one of the domain's reclaim functions it
// only hands over. Otherwise a chain of them that end each other's protections
// would be a recursion.
func (p *pass) Serve(alone bool) {
	if !p.turn.serve() {
		return
	}
	inline := alone && p.ledger.options.Inline && !p.ledger.calls(goroutine.Current())
	if p.end(inline) && inline {
		p.ledger.hire(true).work()
	}
}

// state is called in a turn.
func (p *pass) state() passed {
	p.passed.kept, p.passed.slots, p.passed.ready, p.passed.silent = p.live(), p.hazards.Slots, p.ready, len(p.silent)
	p.passed.due = p.budget.due(p.clock.now())
	return p.passed
}

// now returns what passes have come to.
func (p *pass) now() passed {
	defer p.unlock()
	return p.lock()
}

// run makes a pass.
func (p *pass) run() {
	p.turn.take()
	defer p.unlock()
	p.make(false)
}

// runInline makes a pass, unless another goroutine has the turn, for a caller
// that will then be a worker. It reports whether it did, and how many objects
// are kept.
func (p *pass) runInline() (kept int, made bool) {
	if !p.turn.try() {
		return 0, false
	}
	defer p.end(true)
	p.make(true)
	return p.live(), true
}

// runInlineInTime makes a pass as runInline does, once it has the turn, if
// there is time for it.
func (p *pass) runInlineInTime() (made bool) {
	p.turn.take()
	if p.budget.due(p.clock.now()) > 0 {
		p.unlock()
		return false
	}
	defer p.end(true)
	p.make(true)
	return true
}

// runInlineBeside makes a pass as runInline does, if there is time for it. It
// also reports whether there are more slots now that may be left without a
// word.
func (p *pass) runInlineBeside() (kept int, silent, made bool) {
	if !p.turn.tryBriefly(p.clock) {
		return 0, false, false
	}
	if p.budget.due(p.clock.now()) > 0 {
		p.unlock()
		return 0, false, false
	}
	defer p.end(true)
	before := len(p.silent)
	p.make(true)
	return p.live(), len(p.silent) > before, true
}

// glance looks at the slots that may be left without a word, and at the age of
// what is pending.
func (p *pass) glance() {
	p.turn.take()
	defer p.unlock()
	p.revisit()
	p.ledger.report(p.stalls())
	p.finishGlance(false)
}

// revisit looks at the slots that have been left, and at slots that may be
// left without notice. It is called, as what follows, in a turn.
func (p *pass) revisit() {
	for _, w := range p.turn.noted() {
		p.look(w)
	}
	for i := len(p.silent) - 1; i >= 0; i-- {
		p.look(p.silent[i])
	}
}

// finishGlance hands over what has been found ready, and reports whether that
// is anything.
func (p *pass) finishGlance(inline bool) (ready bool) {
	if len(p.over) == 0 {
		return false
	}
	p.tidy()
	ready = p.n > 0
	p.ledger.finishGlance(p, inline)
	return ready
}

// make makes a pass, for a caller of Retire that will then be a worker if
// inline.
func (p *pass) make(inline bool) {
	begun := p.clock.now()
	p.rounds = p.ledger.beginRound(p.rounds[:0])
	p.revisit() // a Flush that has come waits for what was left before
	silent := len(p.silent)
	taken, starved, enough := p.take()
	fenced, fences := int64(0), 0
	if taken > 0 {
		p.foresee(taken)
		fences++
		// Between the unlinking, which beginRound's load of the tails has
		// acquired, and the look at the hazards.
		fenced += p.fence()
		p.ask(taken)
		p.hazards.All()
		p.divide()
		p.unforeseen()
		if len(p.fresh) > 0 {
			if !p.alone {
				hazard.Add(p.fresh)
			}
			fences++
			fenced += p.fence() // between [watch] and [recheck]
			p.recheck()
		}
		if len(p.silent) > silent {
			p.passed.since = begun
		}
		now := p.clock.now()
		p.budget.spend(now, min(now-begun, usual+perSlot*int64(p.hazards.Slots+taken)))
	}
	p.tidy()
	p.ledger.report(p.stalls())
	p.ledger.finishPass(p, inline, passResult{taken, starved, enough, begun, fenced, fences})
}

// What a pass takes, at most, when it is not held up. What is above that it has
// waited for a P, when all are busy.
const (
	usual   = int64(200 * time.Microsecond)
	perSlot = int64(10 * time.Nanosecond)
)

// fence makes a Heavy, and returns how long it has taken.
func (p *pass) fence() int64 {
	begun := p.clock.now()
	fence.Heavy()
	return p.clock.now() - begun
}

// Where there are so few objects and slots, a pass looks before the fence which
// objects are protected.
const (
	fewObjects = 64
	fewSlots   = 1024
)

// foresee watches the slots that hold what is taken. Where the look after the
// fence finds no others, it is their [recheck], too, and saves a second fence.
func (p *pass) foresee(taken int) {
	if p.alone || taken > fewObjects || p.hazards.Slots > fewSlots {
		return
	}
	p.ask(taken)
	p.hazards.All()
	if p.hazards.Nothing() {
		return
	}
	for q := range p.queues.All() {
		for piece := range q.pieces(0, q.taking) {
			for i := piece.from; i < piece.to; i++ {
				address := uintptr(piece.chunk.objects[i])
				for slot := range p.hazards.Holding(address) {
					p.early = append(p.early, p.watch(slot, address, p))
				}
			}
		}
	}
	hazard.Add(p.early)
}

// recheck looks at the slots that Watches have been added for.
func (p *pass) recheck() {
	for _, w := range p.fresh {
		p.look(w) // [recheck]
	}
	clear(p.fresh)
	p.fresh = p.fresh[:0]
}

// stalls returns what has been protected for too long.
func (p *pass) stalls() []Pending {
	if changes := p.ledger.changes.Load(); p.changes != changes {
		p.changes = changes
		for o := range p.all {
			o.told = 0
		}
	}
	if after := p.ledger.stallAfter(); after > 0 {
		return p.overdue(p.clock.now(), after)
	}
	return nil
}

// A passResult is what the ledger is told of a pass, beside what the pass
// holds.
type passResult struct {
	taken     int
	starved   bool  // it has left objects in the queues, until no more than ...
	enough    int64 // ... so many wait for workers
	begun     int64
	fenceTime int64
	fences    int
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
	limit := max(p.limit, 2*p.hazards.InUse, 2*p.live())
	room := limit - p.live() - int(p.ledger.waiting())
	least := min(wanted, limit/4)
	enough = int64(max(0, min(p.limit/2, limit-p.live()-least)))
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
	if p.hazards.Slots <= taken {
		p.hazards.Ask(0)
		return
	}
	p.hazards.Ask(taken)
	for q := range p.queues.All() {
		for piece := range q.pieces(0, q.taking) {
			for i := piece.from; i < piece.to; i++ {
				p.hazards.About(uintptr(piece.chunk.objects[i]))
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
				if !p.hazards.Nothing() {
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
		if !p.hazards.Found(uintptr(object)) {
			continue
		}
		p.keeping.keep(piece.chunk.take(i), piece.round, p.hazards.Holding(uintptr(object)), p)
		p.moved = append(p.moved, piece.chunk)
		between := piece
		between.to = i
		p.give(between)
		piece.from = i + 1
	}
	return piece
}

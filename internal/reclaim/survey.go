package reclaim

import (
	"cmp"
	"reflect"
	"slices"
	"time"
	"unsafe"

	"hazptr/internal/hazard"
)

// A Survey is what is pending.
type Survey struct {
	Types   []Tally
	Oldest  []Pending // the oldest comes first
	Seconds []Second  // none without Options.Name
}

// A Tally is what is pending of one type.
type Tally struct {
	// A pointer to the objects' type. It is nil for objects that workers have
	// in hand, which nothing can look into.
	Type reflect.Type

	Objects   int64
	Bytes     int64
	Protected int64 // of Objects, protected by hazard pointers
	Oldest    time.Duration
}

// A survey makes a Survey. It walks against no object's way: what waits for a
// pass and what is protected is counted while no pass can take it on; then what
// was ready at that moment, from the last to the first, which workers take from
// the other end; and at last what they have in hand by then.
type survey struct {
	clock   clock
	most    int
	traced  bool
	now     int64
	history history

	types map[unsafe.Pointer]*Tally
	kind  unsafe.Pointer // the last that was counted, and
	of    *Tally         // what types has of it

	parts  []queuePart
	oldest []surveyed

	// Of the objects that were ready at first, those numbered from counted to
	// before end are counted. They are in the spans numbered from span on.
	span         int
	counted, end int64
}

// A surveyed is a Pending that is not complete: to look up its type and traces
// takes longer than others should wait for the locks.
type surveyed struct {
	Pending
	kind  unsafe.Pointer
	slots []*hazard.Slot // that hold it, where traced
}

// A queuePart is the objects of a queue from one place to another, and since
// when they are there.
type queuePart struct {
	queue    *queue
	from, to uintptr
	round    int64
}

// newSurvey returns a survey that has seen nothing.
func newSurvey(c clock, most int) *survey {
	return &survey{clock: c, most: most, traced: hazard.Tracing(), types: map[unsafe.Pointer]*Tally{}}
}

// look looks at all that is pending.
func (s *survey) look(r *Reclaimer) {
	r.pass.lock()
	r.ledger.surveyQueues(s)
	s.kept(&r.pass.keeping)
	for _, p := range s.parts {
		s.queued(p)
	}
	r.ledger.beginReady(s)
	r.pass.unlock()
	r.ledger.surveyReady(s)
}

// told completes what was seen.
func (s *survey) told() Survey {
	slices.SortStableFunc(s.oldest, func(a, b surveyed) int { return -cmp.Compare(a.Age, b.Age) })
	told := Survey{Seconds: s.history.seconds(s.clock.epoch)}
	for _, o := range s.oldest[:min(s.most, len(s.oldest))] {
		o.Type = typeOf(o.kind)
		// A slot may hold something else by now, and its trace be that of
		// another Guard.
		held := slices.DeleteFunc(o.slots, func(s *hazard.Slot) bool { return !s.Holds(o.Address) })
		o.Places = hazard.Places(held)
		told.Oldest = append(told.Oldest, o.Pending)
	}
	for kind, t := range s.types {
		if kind != nil {
			t.Type = typeOf(kind)
		}
		told.Types = append(told.Types, *t)
	}
	return told
}

// count counts objects of one type.
func (s *survey) count(kind unsafe.Pointer, objects, bytes, round int64) *Tally {
	if s.of == nil || s.kind != kind {
		if s.types[kind] == nil {
			s.types[kind] = new(Tally)
		}
		s.kind, s.of = kind, s.types[kind]
	}
	s.of.Objects += objects
	s.of.Bytes += bytes
	s.of.Oldest = max(s.of.Oldest, time.Duration(s.now-round))
	return s.of
}

// pending returns an object that is there since a round.
func (s *survey) pending(o Object, round int64) surveyed {
	return surveyed{kind: o.kind, Pending: Pending{Address: uintptr(o.at), Bytes: o.bytes, Age: time.Duration(s.now - round)}}
}

// begin notes what no pass has collected: what is left of rounds, and what came
// after, which has no age. It is called under the ledger's lock, with the pass
// locked.
func (s *survey) begin(l *ledger) {
	s.now = s.clock.now()
	if l.history != nil {
		s.history = *l.history
	}
	for q := range l.queues.All() {
		from := uintptr(0)
		for _, r := range l.rounds.open {
			for _, g := range r.goals {
				if g.queue == q {
					s.parts = append(s.parts, queuePart{q, from, g.left(), r.number})
					from = g.left()
				}
			}
		}
		s.parts = append(s.parts, queuePart{q, from, q.length(), s.now})
	}
}

// kept looks at what was protected at the last pass; the oldest comes first
// there. It is called with the pass locked.
func (s *survey) kept(kept *keeping) {
	n := 0
	for k := range kept.all {
		s.count(k.kind, 1, k.bytes, k.round).Protected++
		if n < s.most {
			o := s.pending(k.Object, k.round)
			o.Hazards = len(k.holds)
			if s.traced {
				o.slots = k.slots()
			}
			s.oldest = append(s.oldest, o)
		}
		n++
	}
}

// queued looks at a part of a queue. It is called with the pass locked.
func (s *survey) queued(p queuePart) {
	for piece := range p.queue.pieces(p.from, p.to) {
		for n := piece.from; n < piece.to; n++ {
			e := &piece.chunk.endings[n]
			s.count(e.kind, 1, e.bytes, p.round)
		}
	}
}

// surveyAtATime is how many ready objects are looked at under the ledger's
// lock, and the rest of a span: for that long Retire and Figures may have to
// wait.
const surveyAtATime = 4096

// beginReady says at what ready objects countReady will look. It is called
// under the ledger's lock, as what follows: spans that come later are put
// behind the last.
func (s *survey) beginReady(l *readyList) {
	s.span, s.counted, s.end = l.gone+len(l.spans), l.added, l.added
}

// countReady looks at some of what waits for workers, and reports whether there
// may be more. The lock may be released between two calls.
func (s *survey) countReady(l *readyList) (more bool) {
	for seen := uintptr(0); seen < surveyAtATime; {
		at := s.span - 1 - l.gone
		if at < l.next {
			return false // workers have taken the rest
		}
		s.span--
		piece := &l.spans[at]
		for n := piece.from; n < piece.to; n++ {
			e := &piece.chunk.endings[n]
			s.count(e.kind, 1, e.bytes, piece.round)
		}
		seen += piece.to - piece.from
		s.counted -= int64(piece.to - piece.from)
	}
	return true
}

// oldestReady adds the oldest of the objects that were ready at first and still
// wait for workers.
func (s *survey) oldestReady(l *readyList) {
	type aged struct {
		span
		number int64
	}
	var oldest []aged // the oldest first, and no more than are wanted
	number := l.handed
	// Objects that were protected come late, and are older.
	for _, piece := range l.spans[l.next:] {
		if number >= s.end {
			break
		}
		at, _ := slices.BinarySearchFunc(oldest, piece.round+1, func(a aged, round int64) int { return cmp.Compare(a.round, round) })
		if at < s.most {
			oldest = slices.Insert(oldest[:min(len(oldest), s.most-1)], at, aged{piece, number})
		}
		number += int64(piece.to - piece.from)
	}
	wanted := s.most
	for _, a := range oldest {
		for n := a.from; n < a.to && wanted > 0 && a.number+int64(n-a.from) < s.end; n++ {
			wanted--
			s.oldest = append(s.oldest, s.pending(Object{a.chunk.objects[n], a.chunk.endings[n]}, a.round))
		}
	}
}

// inHand looks at the workers, after countReady.
func (s *survey) inHand(c *crew, waiting int64) {
	for _, w := range c.workers {
		if w.n == 0 {
			continue
		}
		unknown := int64(w.n)
		if w.after > s.counted {
			// countReady has counted them, or they were protected or queued at
			// first.
			unknown = 0
		}
		if p, kind := w.suspected(s.now); kind != nil {
			p.Behind = waiting - 1
			s.oldest = slices.DeleteFunc(s.oldest, func(o surveyed) bool { return o.kind == kind && o.Address == p.Address })
			s.oldest = append(s.oldest, surveyed{Pending: p, kind: kind})
			if unknown > 0 {
				unknown--
				s.count(kind, 1, p.Bytes, w.run.round)
			}
		}
		if unknown > 0 {
			s.count(nil, unknown, 0, w.run.round)
		}
	}
}

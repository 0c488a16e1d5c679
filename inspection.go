package hazptr

import (
	"cmp"
	"fmt"
	"slices"
	"time"
	"unsafe"
)

// An Inspection shows what is pending in a domain, for people who look for what keeps it.
type Inspection struct {
	Types  []PendingType // what is pending, by type; that with the oldest object comes first
	Oldest []Stall       // the oldest objects, whatever their age; the oldest comes first
	Recent []Second      // of the last five minutes at least; none in a domain without a name
}

// Inspect looks at all that is pending and tells of the oldest objects, but of no more than most of them. Which reclaim functions run is known only with Config.StallAfter, where their
// hazard pointers were acquired only with Config.Trace.
//
// It may be called by any goroutine. It takes some nanoseconds for each pending object, for which scans, workers and those who ask for Stats wait: once a second is no burden, in a loop it would be.
// It panics if most is negative.
func (d *Domain) Inspect(most int) Inspection {
	d.check("Inspect")
	if most < 0 {
		panic(fmt.Sprintf("hazptr: Inspect of %d objects, want 0 or more", most))
	}
	i := inspector{d: d, types: map[unsafe.Pointer]*PendingType{}}
	var found Inspection
	i.look(most, &found)
	slices.SortStableFunc(i.oldest, func(a, b pendingObject) int { return -cmp.Compare(a.Age, b.Age) })
	for _, o := range i.oldest[:min(most, len(i.oldest))] {
		for _, at := range o.acquired {
			o.Acquired = append(o.Acquired, at.String())
		}
		found.Oldest = append(found.Oldest, o.Stall)
	}
	for _, t := range i.types {
		found.Types = append(found.Types, *t)
	}
	slices.SortFunc(found.Types, func(a, b PendingType) int {
		return cmp.Or(-cmp.Compare(a.Oldest, b.Oldest), -cmp.Compare(a.Objects, b.Objects), cmp.Compare(a.Type, b.Type))
	})
	return found
}

// An inspector makes an Inspection.
type inspector struct {
	d      *Domain
	now    int64
	types  map[unsafe.Pointer]*PendingType
	oldest []pendingObject
}

// A pendingObject is a Stall whose Acquired is not written yet: that takes longer than anybody should wait for the locks.
type pendingObject struct {
	Stall
	acquired []acquisition
}

// look looks at all that is pending. What follows is called by it, under the locks.
func (i *inspector) look(most int, found *Inspection) {
	d := i.d
	d.scanner.passing.Lock()
	defer d.scanner.passing.Unlock()
	d.mu.Lock()
	defer d.mu.Unlock()
	i.now = d.clock()
	i.kept(most)
	i.inHand()
	i.ready(most)
	i.queued()
	if d.history != nil {
		found.Recent = d.history.seconds(d.epoch)
	}
}

// count counts objects of one type.
func (i *inspector) count(kind unsafe.Pointer, objects, bytes, round int64) *PendingType {
	t := i.types[kind]
	if t == nil {
		t = &PendingType{}
		if kind != nil {
			t.Type = kindName(kind)
		}
		i.types[kind] = t
	}
	t.Objects += objects
	t.Bytes += bytes
	t.Oldest = max(t.Oldest, time.Duration(i.now-round))
	return t
}

// add tells of an object that is there since a round.
func (i *inspector) add(o retired, round int64) *pendingObject {
	i.oldest = append(i.oldest, pendingObject{Stall: Stall{
		Domain: i.d.config.Name, Type: kindName(o.kind), Address: uintptr(o.object), Bytes: o.bytes, Age: time.Duration(i.now - round),
	}})
	return &i.oldest[len(i.oldest)-1]
}

// kept looks at what was protected at the last pass; the oldest comes first there.
func (i *inspector) kept(most int) {
	s := &i.d.scanner
	next := 0
	for n := range s.kept {
		k := &s.kept[n]
		slots := s.holding[next:][:k.slots]
		next += k.slots
		i.count(k.kind, 1, k.bytes, k.round).Protected++
		if n < most {
			o := i.add(k.retired, k.round)
			o.Hazards, o.acquired = k.slots, traces.of(slots)
		}
	}
}

// inHand looks at the workers.
func (i *inspector) inHand() {
	for _, w := range i.d.ready.workers {
		if w.n == 0 {
			continue
		}
		unknown := int64(w.n)
		if stall, kind := i.d.running(w, i.now); kind != nil {
			unknown--
			i.count(kind, 1, stall.Bytes, w.run.round)
			i.oldest = append(i.oldest, pendingObject{Stall: stall})
		}
		if unknown > 0 {
			i.count(nil, unknown, 0, w.run.round)
		}
	}
}

// ready looks at what waits for workers.
func (i *inspector) ready(most int) {
	l := &i.d.ready
	spans := slices.Clone(l.spans[l.next:]) // what was protected comes late, and is older
	slices.SortStableFunc(spans, func(a, b span) int { return cmp.Compare(a.round, b.round) })
	for _, s := range spans {
		for n := s.from; n < s.to; n++ {
			o := retired{s.chunk.objects[n], s.chunk.endings[n]}
			i.count(o.kind, 1, o.bytes, s.round)
			if most > 0 {
				most--
				i.add(o, s.round)
			}
		}
	}
}

// queued looks at what no scan has collected: what is left of rounds, and what
// came after, which has no age.
func (i *inspector) queued() {
	for q := range i.d.queues.All() {
		from := uintptr(0)
		for _, r := range i.d.rounds.open {
			for _, g := range r.goals {
				if g.queue == q {
					i.entries(q, from, g.left(), r.number)
					from = g.left()
				}
			}
		}
		i.entries(q, from, q.length(), i.now)
	}
}

// entries counts the objects of a round that q has from one place to another.
func (i *inspector) entries(q *queue, from, to uintptr, round int64) {
	for piece := range q.pieces(from, to) {
		for n := piece.from; n < piece.to; n++ {
			e := &piece.chunk.endings[n]
			i.count(e.kind, 1, e.bytes, round)
		}
	}
}

package hazptr

import (
	"cmp"
	"fmt"
	"slices"
	"sync/atomic"
	"time"
	"unsafe"
)

// An Inspection shows what is pending in a domain, for people who look for what keeps it.
type Inspection struct {
	Types  []PendingType // what is pending, by type; that with the oldest object comes first
	Oldest []Stall       // the oldest objects, whatever their age; the oldest comes first
	Recent []Second      // of the last five minutes at least; none in a domain without a name
}

// Inspect counts all that is pending by type, and tells of the oldest objects,
// but of no more than most of them. Which reclaim functions run is known only
// with Config.StallAfter, where their hazard pointers were acquired only with
// Config.Trace.
//
// An object that is pending all the while is counted once. One that is retired
// or reclaimed while Inspect runs may be counted or not, so in a domain at work
// the sum of Types may differ from [Stats].Pending.
//
// It may be called by any goroutine. It takes some nanoseconds for each pending
// object. Scans wait while it looks at the objects that are protected and those
// that wait for a scan. Retire and Stats wait for a look at some thousand
// objects, or for a millisecond where Inspect is quicker than they are to take
// the lock again. It panics if most is negative.
func (d *Domain) Inspect(most int) Inspection {
	d.check("Inspect")
	if most < 0 {
		panic(fmt.Sprintf("hazptr: Inspect of %d objects, want 0 or more", most))
	}
	i := inspector{d: d, most: most, types: map[unsafe.Pointer]*PendingType{}}
	i.look()
	slices.SortStableFunc(i.oldest, func(a, b pendingObject) int { return -cmp.Compare(a.Age, b.Age) })
	found := Inspection{Recent: i.history.seconds(d.epoch)}
	for _, o := range i.oldest[:min(most, len(i.oldest))] {
		found.Oldest = append(found.Oldest, o.told())
	}
	for kind, t := range i.types {
		if kind != nil {
			t.Type = kindName(kind)
		}
		found.Types = append(found.Types, *t)
	}
	slices.SortFunc(found.Types, func(a, b PendingType) int {
		return cmp.Or(-cmp.Compare(a.Oldest, b.Oldest), -cmp.Compare(a.Objects, b.Objects), cmp.Compare(a.Type, b.Type))
	})
	return found
}

// An inspector makes an Inspection. It walks against no object's way: what
// waits for a scan and what is protected is counted while no pass can take it
// on, then what was ready at that moment, from the last to the first, which
// workers take from the other end, and at last what they have in hand by then.
type inspector struct {
	d       *Domain
	most    int
	now     int64
	history history

	types map[unsafe.Pointer]*PendingType
	kind  unsafe.Pointer // the last that was counted, and
	of    *PendingType   // what types has of it

	oldest []pendingObject

	// Of the objects that were ready at first, those numbered from counted to
	// before end are counted. They are in the spans numbered from span on.
	span         int
	counted, end int64
}

// A pendingObject is a Stall that is not complete: to write it takes longer than
// others should wait for the locks.
type pendingObject struct {
	Stall
	kind  unsafe.Pointer
	slots []*uintptr // that hold it, with Config.Trace
}

// told completes the Stall.
func (o pendingObject) told() Stall {
	o.Type = kindName(o.kind)
	// A slot may hold something else by now, and its trace be that of another Guard.
	held := slices.DeleteFunc(o.slots, func(hazard *uintptr) bool { return atomic.LoadUintptr(hazard) != o.Address })
	for _, at := range traces.of(held) {
		o.Acquired = append(o.Acquired, at.String())
	}
	return o.Stall
}

// look looks at all that is pending.
func (i *inspector) look() {
	d := i.d
	d.scanner.passing.Lock()
	d.mu.Lock()
	i.now = d.clock()
	if d.history != nil {
		i.history = *d.history
	}
	parts := i.parts()
	d.mu.Unlock()
	i.kept()
	for _, p := range parts {
		i.queued(p)
	}
	d.mu.Lock()
	i.begin()
	d.scanner.passing.Unlock()
	for i.ready() {
		d.mu.Unlock()
		d.mu.Lock()
	}
	i.oldestReady()
	i.inHand()
	d.mu.Unlock()
}

// count counts objects of one type.
func (i *inspector) count(kind unsafe.Pointer, objects, bytes, round int64) *PendingType {
	if i.of == nil || i.kind != kind {
		if i.types[kind] == nil {
			i.types[kind] = new(PendingType)
		}
		i.kind, i.of = kind, i.types[kind]
	}
	i.of.Objects += objects
	i.of.Bytes += bytes
	i.of.Oldest = max(i.of.Oldest, time.Duration(i.now-round))
	return i.of
}

// pending returns an object that is there since a round.
func (i *inspector) pending(o retired, round int64) pendingObject {
	return pendingObject{kind: o.kind, Stall: Stall{
		Domain: i.d.config.Name, Address: uintptr(o.object), Bytes: o.bytes, Age: time.Duration(i.now - round),
	}}
}

// kept looks at what was protected at the last pass; the oldest comes first
// there. It is called with passing held.
func (i *inspector) kept() {
	s := &i.d.scanner
	next := 0
	for n := range s.kept {
		k := &s.kept[n]
		slots := s.holding[next:][:k.slots]
		next += k.slots
		i.count(k.kind, 1, k.bytes, k.round).Protected++
		if n < i.most {
			o := i.pending(k.retired, k.round)
			o.Hazards = k.slots
			if traces.on.Load() != 0 {
				o.slots = slices.Clone(slots)
			}
			i.oldest = append(i.oldest, o)
		}
	}
}

// A queuePart is the objects of a queue from one place to another, and since
// when they are there.
type queuePart struct {
	queue    *queue
	from, to uintptr
	round    int64
}

// parts returns what no scan has collected: what is left of rounds, and what
// came after, which has no age. It is called under mu, with passing held.
func (i *inspector) parts() (parts []queuePart) {
	for q := range i.d.queues.All() {
		from := uintptr(0)
		for _, r := range i.d.rounds.open {
			for _, g := range r.goals {
				if g.queue == q {
					parts = append(parts, queuePart{q, from, g.left(), r.number})
					from = g.left()
				}
			}
		}
		parts = append(parts, queuePart{q, from, q.length(), i.now})
	}
	return parts
}

// queued looks at a part of a queue. It is called with passing held.
func (i *inspector) queued(p queuePart) {
	for piece := range p.queue.pieces(p.from, p.to) {
		for n := piece.from; n < piece.to; n++ {
			e := &piece.chunk.endings[n]
			i.count(e.kind, 1, e.bytes, p.round)
		}
	}
}

// inspectAtATime is how many ready objects are looked at under the domain's mu,
// and the rest of a span: for that long Retire and Stats may have to wait.
const inspectAtATime = 4096

// begin says what the ready objects are at which ready will look. It is called
// under mu, and ready after it: spans that come later are put behind the last.
func (i *inspector) begin() {
	l := &i.d.ready
	i.span, i.counted, i.end = l.gone+len(l.spans), l.added, l.added
}

// ready looks at some of what waits for workers, and reports whether there may be
// more. It is called under mu, which may be released between two calls.
func (i *inspector) ready() (more bool) {
	l := &i.d.ready
	for seen := uintptr(0); seen < inspectAtATime; {
		at := i.span - 1 - l.gone
		if at < l.next {
			return false // workers have taken the rest
		}
		i.span--
		s := &l.spans[at]
		for n := s.from; n < s.to; n++ {
			e := &s.chunk.endings[n]
			i.count(e.kind, 1, e.bytes, s.round)
		}
		seen += s.to - s.from
		i.counted -= int64(s.to - s.from)
	}
	return true
}

// oldestReady tells of the oldest objects that still wait for workers, of those
// that were ready at first. It is called under mu.
func (i *inspector) oldestReady() {
	type aged struct {
		span
		number int64
	}
	l := &i.d.ready
	var oldest []aged // the oldest first, and no more than are wanted
	number := l.handed
	for _, s := range l.spans[l.next:] { // what was protected comes late, and is older
		if number >= i.end {
			break
		}
		at, _ := slices.BinarySearchFunc(oldest, s.round+1, func(a aged, round int64) int { return cmp.Compare(a.round, round) })
		if at < i.most {
			oldest = slices.Insert(oldest[:min(len(oldest), i.most-1)], at, aged{s, number})
		}
		number += int64(s.to - s.from)
	}
	wanted := i.most
	for _, s := range oldest {
		for n := s.from; n < s.to && wanted > 0 && s.number+int64(n-s.from) < i.end; n++ {
			wanted--
			i.oldest = append(i.oldest, i.pending(retired{s.chunk.objects[n], s.chunk.endings[n]}, s.round))
		}
	}
}

// inHand looks at the workers, after ready. It is called under mu.
func (i *inspector) inHand() {
	for _, w := range i.d.ready.workers {
		if w.n == 0 {
			continue
		}
		unknown := int64(w.n)
		if w.after > i.counted {
			unknown = 0 // ready has counted them, or they were protected or queued at first
		}
		if stall, kind := i.d.running(w, i.now); kind != nil {
			i.oldest = slices.DeleteFunc(i.oldest, func(o pendingObject) bool { return o.kind == kind && o.Address == stall.Address })
			i.oldest = append(i.oldest, pendingObject{Stall: stall, kind: kind})
			if unknown > 0 {
				unknown--
				i.count(kind, 1, stall.Bytes, w.run.round)
			}
		}
		if unknown > 0 {
			i.count(nil, unknown, 0, w.run.round)
		}
	}
}

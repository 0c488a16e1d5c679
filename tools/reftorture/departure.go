package main

import (
	"runtime"
	"sync/atomic"
	"time"

	"hazptr/tools/internal/mortal"
	"hazptr/tools/internal/subject"
)

// The leave scene is narrow, too: one reader, one updater, and the object that
// they part with. It is about the notification that a reader owes when it
// leaves. A slot in which one was lost makes up for it when its next protection
// ends. So a departure ends each protection once, and then nothing is protected
// until the object has ended, which nothing else helps it to.

// leaveAll makes departures, some at a time.
func (t *torture) leaveAll(a *actor) {
	l := &leaver{actor: a, readers: []subject.Reader{t.subject.NewReader()}, most: 1}
	if l.readers[0].Nests() {
		l.readers = append(l.readers, t.subject.NewReader())
		l.most = 2 * subject.MaxNest
	}
	for _, r := range l.readers {
		defer r.Close()
	}
	for a.on(nil) {
		l.some()
		t.shown.Lock()
		t.shown.add(&l.own)
		t.shown.Unlock()
		l.own = tally{}
	}
}

// leavingCells is how many cells are the leaver's: the last ones. Those of
// hazard pointers are of two kinds, by turns.
const leavingCells = 2

// A leaver is the reader of the leave scene.
type leaver struct {
	*actor
	readers []subject.Reader
	most    int // protections at a time, as many of each Reader
	own     tally
}

// A departure is one object's. The reader stores ready, the updater the rest.
type departure struct {
	cell, posts int
	way         subject.Way
	next        *mortal.Object

	going, replaced, ended atomic.Bool
}

// some makes a few departures, with an updater that waits for each beside the
// reader, awake.
func (l *leaver) some() {
	t, c := l.t, l.next()
	var ready atomic.Pointer[departure]
	var over atomic.Bool
	defer over.Store(true)
	t.act("leave updater", 0, func(*actor) {
		var last *departure
		for !over.Load() && !t.stop.Load() {
			if t.soon(func() bool { return ready.Load() != last || over.Load() }) && !over.Load() {
				last = ready.Load()
				t.part(last)
			}
		}
	})
	ways := t.subject.Ways()
	for range 64 {
		d := &departure{cell: t.Cells + 1 + c.of(leavingCells), way: ways[c.of(len(ways))], next: t.pool.NewWarm()}
		if d.next == nil {
			t.none.Add(1)
			time.Sleep(100 * time.Microsecond)
			return
		}
		if !c.one(8) {
			d.posts = 64 + c.of(8)
		}
		if !l.leave(d, &c, func() { ready.Store(d) }) {
			return
		}
	}
}

// leave protects an object, has it replaced, leaves it, and looks whether it
// ends.
func (l *leaver) leave(d *departure, c *choice, ready func()) bool {
	t := l.t
	// The fewer slots hold the object, the sooner is each looked at again.
	held := min(l.most, 1<<c.of(4))
	from := c.of(2)
	reader := func(i int) subject.Reader { return l.readers[(from+i)%len(l.readers)] }
	var o *mortal.Object // of all protections: no other actor has the cell
	for i := range held {
		if o = reader(i).Enter(d.cell); o != nil {
			o.Enter(leavingReader)
			l.look("object", o)
		}
	}
	d.ended.Store(o == nil)
	late, interrupted, at := !c.one(8), !c.one(8), uint64(*c)
	first, gap := c.nanoseconds(1<<4, 1<<12), c.nanoseconds(1, 1<<11)
	ready()
	t.soon(d.going.Load)
	if interrupted {
		awaitInterrupt()
	}
	t.spin(first)
	for i := range held {
		if o != nil {
			l.look("object", o)
			l.own.pipe[min(o.Age(), ages-1)]++
			o.Leave(leavingReader, 0)
		}
		t.spin(gap)
		if late {
			at = t.late.stores(t.late.stores(at))
		}
		// [clear] waits behind what is late, and [watched?] does not.
		reader(i).Leave()
	}
	for _, r := range l.readers {
		r.Rest()
	}
	if !t.soon(func() bool { return d.replaced.Load() && d.ended.Load() }) {
		if !t.stop.Load() {
			l.fail(kindLost, "an object of cell %d is kept although every reader has left: a notification is lost (way %s, %d callbacks posted before)", d.cell, d.way.Name, d.posts)
		}
		return false
	}
	t.departures.Add(1)
	return true
}

// part replaces the object of a departure, behind others that nothing holds: a
// pass that has many objects to look for watches no slot before its fence.
func (t *torture) part(d *departure) {
	if t.retirer != nil {
		for range d.posts {
			t.retirer.Post(func() {})
		}
	}
	d.going.Store(true)
	d.way.Replace(d.cell, d.next, t.unlinked, func(o *mortal.Object) {
		t.end(o)
		d.ended.Store(true)
	})
	t.replaced.Add(1)
	d.replaced.Store(true)
	runtime.Gosched() // to the goroutines of the mechanism
}

// awaitInterrupt waits until the clock leaps, as it does for a goroutine that a
// heavy fence interrupts, but no longer than until there is time for a pass.
// What the pass does next takes it a microsecond or so.
func awaitInterrupt() {
	begun := time.Now()
	for now, next := begun, time.Now(); next.Sub(now) < time.Microsecond && next.Sub(begun) < 200*time.Microsecond; {
		now, next = next, time.Now()
	}
}

// soon waits until so, awake at first, and reports whether that came to be. It
// gives up at the end, and when a goroutine that nothing holds up would have
// done it.
func (t *torture) soon(so func() bool) bool {
	end := time.Time{}
	for looks := 0; !so(); looks++ {
		switch {
		case looks < 20_000:
		case looks == 20_000:
			end = time.Now().Add(t.Patience / 3)
		case t.stop.Load() || time.Now().After(end):
			return so()
		case looks < 30_000:
			runtime.Gosched()
		default:
			time.Sleep(100 * time.Microsecond)
		}
	}
	return true
}

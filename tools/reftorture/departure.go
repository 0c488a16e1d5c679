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
	l := &leaver{actor: a}
	readers, depth := leavingReaders, subject.MaxNest
	for i := range readers {
		r := t.subject.NewReader()
		defer r.Close()
		if !r.Nests() {
			readers, depth = 1, 1
		}
		if i < readers {
			l.readers = append(l.readers, r)
		}
	}
	l.held = readers * depth
	for a.on(nil) {
		l.some()
		t.shown.Lock()
		t.shown.add(&l.own)
		t.shown.Unlock()
		l.own = tally{}
	}
}

// leavingReaders is how many Readers the actor has, where protections nest. It
// holds the object in subject.MaxNest slots of each.
const leavingReaders = 4

// A leaver is the reader of the leave scene.
type leaver struct {
	*actor
	readers []subject.Reader
	held    int // protections of a departure
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
		for t.soon(func() bool { return ready.Load() != last || over.Load() }) && !over.Load() {
			last = ready.Load()
			t.part(last)
		}
	})
	ways := t.subject.Ways()
	for range 64 {
		d := &departure{cell: c.of(t.Cells), way: ways[c.of(len(ways))], next: t.pool.NewWarm()}
		if d.next == nil {
			t.none.Add(1)
			time.Sleep(100 * time.Microsecond)
			return
		}
		if !c.one(4) {
			d.posts = 64 + c.of(64)
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
	var o *mortal.Object
	for i := range l.held {
		if o = l.readers[i%len(l.readers)].Enter(d.cell); o != nil {
			o.Enter(firstOrderReader)
			l.look("object", o)
		}
	}
	d.ended.Store(o == nil)
	late, at := c.of(4), uint64(*c)
	first, gap := c.nanoseconds(16), c.nanoseconds(13)
	ready()
	if !t.soon(d.going.Load) {
		return false
	}
	t.spin(first)
	for i := range l.held {
		if o != nil {
			l.look("object", o)
			l.own.pipe[min(o.Age(), ages-1)]++
			o.Leave(firstOrderReader, 0)
		}
		t.spin(gap)
		switch late {
		case 0:
		case 1:
			t.late.touch()
		default:
			at = t.late.stores(at)
		}
		l.readers[i%len(l.readers)].Leave() // [clear] waits behind what is late, and [watched?] does not
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

// soon waits until so, awake at first, and reports whether that came to be. It
// gives up at the end, and when a goroutine that nothing holds up would have
// done it.
func (t *torture) soon(so func() bool) bool {
	end := time.Time{}
	for looks := 0; !so(); looks++ {
		switch {
		case looks < 1000:
		case looks == 1000:
			end = time.Now().Add(t.Patience / 3)
		case t.stop.Load() || time.Now().After(end):
			return so()
		case looks < 10_000:
			runtime.Gosched()
		default:
			time.Sleep(100 * time.Microsecond)
		}
	}
	return true
}

// nanoseconds returns a time of any magnitude below 1<<bits nanoseconds.
func (c *choice) nanoseconds(bits int) time.Duration {
	return time.Duration(c.of(1 << c.of(bits)))
}

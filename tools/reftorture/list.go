package main

import (
	"sync"
	"time"

	"hazptr/tools/internal/mortal"
	"hazptr/tools/internal/subject"
)

// A list is sorted and linked. Readers go through it hand over hand; the
// writer, which inserts and deletes, holds mu.
type list struct {
	t    *torture
	head subject.Source

	mu sync.Mutex

	// removed is what a deleted node's Next is, so that no reader goes on from
	// it: the nodes after it may be gone.
	removed *mortal.Object
}

const listKeys = 48

func (t *torture) newList() *list { return &list{t: t, removed: t.object(false, false)} }

// update inserts or deletes.
func (l *list) update(a *actor) {
	for a.on(nil) {
		c := a.next()
		for range 1 + c.of(32) {
			l.change(uint64(1+c.of(listKeys)), c.one(2), c.one(8))
		}
		time.Sleep(time.Duration(c.of(200)) * time.Microsecond)
	}
}

func (l *list) change(key uint64, again, aging bool) {
	l.mu.Lock()
	source := &l.head
	at := source.Load()
	for at != nil && at.Key < key {
		source = &at.Next
		at = source.Load()
	}
	if at == nil || at.Key != key {
		if n := l.t.object(again, aging); n != nil {
			n.Key = key
			n.Next.Store(at)
			source.Store(n)
		}
		l.mu.Unlock()
		return
	}
	source.Store(at.Next.Load())
	at.Next.Store(l.removed) // before the next deletion
	l.mu.Unlock()            // ending an object may take a while
	l.t.discard(at)
}

// walk goes through the list.
func (l *list) walk(w *hands) {
	w.Begin()
	defer w.End()
	source, last := &l.head, uint64(0)
	for i := 0; ; i++ {
		o := w.Protect(i%3, source)
		if o == nil || o == l.removed {
			return
		}
		w.visit(i%3, o)
		if o.Key <= last || o.Key > listKeys {
			w.fail(kindList, "key %d comes after key %d", o.Key, last)
			return
		}
		last, source = o.Key, &o.Next
	}
}

// drain deletes everything.
func (l *list) drain() {
	for key := uint64(1); key <= listKeys; key++ {
		if o := l.head.Load(); o != nil {
			l.change(o.Key, false, false)
		}
	}
	l.t.discard(l.removed)
}

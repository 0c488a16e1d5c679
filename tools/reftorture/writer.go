package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"time"

	"hazptr/tools/internal/mortal"
	"hazptr/tools/internal/subject"
)

// write makes an actor a writer, that replaces objects in ways that it picks at
// random.
func (t *torture) write(a *actor) {
	ways := t.subject.Ways()
	for a.on(nil) {
		c := a.next()
		t.replace(&c, ways)
		switch c.of(16) {
		default:
		case 0, 1, 2, 3:
			runtime.Gosched()
		case 4, 5:
			t.spin(time.Duration(c.of(20)) * time.Microsecond)
		case 6:
			time.Sleep(time.Duration(c.of(500)) * time.Microsecond)
		case 7:
			if c.one(16) {
				a.sleep(time.Duration(c.of(20)) * time.Millisecond)
			}
		}
	}
}

// replace replaces the object of a cell.
func (t *torture) replace(c *choice, ways []subject.Way) {
	way, cell, again, none := ways[c.of(len(ways))], c.of(t.Cells), !c.one(4), c.one(32)
	var next *mortal.Object
	if aging := c.one(8); !none {
		if next = t.object(again, aging); next == nil {
			return
		}
	}
	way.Replace(cell, next, t.unlinked, t.end)
	t.replaced.Add(1)
}

// object returns a new object, or nil if there are too many.
func (t *torture) object(again, aging bool) *mortal.Object {
	o := t.pool.New(again)
	if o == nil {
		t.none.Add(1)
		time.Sleep(100 * time.Microsecond)
		return nil
	}
	o.Aging = aging
	t.addressed(o)
	return o
}

// addressed gives an object the number of a letter that each reader of the
// object must find, too.
func (t *torture) addressed(o *mortal.Object) {
	author := o.Life() % mortal.MaxReaders
	t.mu.Lock()
	letter := t.known[author]
	t.mu.Unlock()
	if letter > 0 {
		o.Author, o.Letter = int32(author), letter
	}
}

// unlinked is called when no reader can find an object any more.
func (t *torture) unlinked(o *mortal.Object) {
	t.unlinks.Add(1)
	if age := o.Grow(); age != 1 {
		t.failures.add(kindTwice, "updater", fmt.Sprintf("an object was unlinked at age %d", age-1), nil)
	}
	t.circulation[1].Add(1)
}

// end is called when the mechanism has told that no reader has the object any
// more. It may be called by any goroutine of the mechanism.
func (t *torture) end(o *mortal.Object) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			if at, ok := r.(interface{ Addr() uintptr }); ok {
				t.failures.add(kindTwice, "reclaim", "fault at "+t.pool.Describe(at.Addr()), nil)
				return
			}
			panic(r)
		}
	}()
	age := o.Grow()
	t.circulation[min(age, ages-1)].Add(1)
	said := o.Readers(func(reader int, number uint64) {
		t.mu.Lock()
		t.known[reader] = max(t.known[reader], number)
		t.mu.Unlock()
	})
	if said != "" {
		t.failures.add(kindHeld, "reclaim", said, nil)
	}
	if said := o.Check(); said != "" {
		t.failures.add(kindMark, "reclaim", said, nil)
	}
	if o.Aging && age < ages-1 && t.retirer != nil {
		t.retirer.Retire(o, t.end)
		return
	}
	t.bury(o)
}

// bury gives the object's page back.
func (t *torture) bury(o *mortal.Object) {
	if said := t.pool.End(o); said != "" {
		t.failures.add(kindTwice, "reclaim", said, nil)
	}
	t.ended.Add(1)
}

// pending returns how many objects have been unlinked and have not ended.
func (t *torture) pending() int64 {
	ended := t.ended.Load() // first: it never overtakes
	return t.unlinks.Load() + t.atOnce.unlinks.Load() - ended
}

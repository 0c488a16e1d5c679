package main

import (
	"runtime"
	"slices"
	"time"

	"hazptr/tools/internal/mortal"
	"hazptr/tools/internal/subject"
)

// The order scene is the narrow one: one reader for each core but one, whose
// stores are late, and one writer, which has the object ended at once. What a
// missing fence does happens within a microsecond. The crowd scene has seven of
// these readers, without late stores, on two CPUs: the kernel stops one between
// any two of its instructions, also where the runtime would not, for some
// milliseconds.

// readLate protects an object again and again. In the order scene it mostly
// does so behind stores that take long.
func (t *torture) readLate(a *actor, number int) {
	r := t.newReader(a, number)
	defer r.show()
	at := uint64(number)
	for a.on(r.Rest) {
		c := r.next()
		how := c.of(4)
		for range 64 {
			// Briefly, to come back often; or for some microseconds, until the
			// object can have ended.
			keep := 300
			if c.one(4) {
				keep = 10_000
			}
			if t.stage.has(groupCrowd) {
				how, keep = 0, 10 // most of the time is to be Enter's
			}
			switch how {
			case 0: // as fast as can be
			case 1, 2:
				at = t.late.stores(at)
			default:
				for range 1 + c.of(3) {
					t.late.touch()
				}
			}
			// Nothing comes in between that takes long: that would let the
			// stores drain.
			o := r.Enter(orderCell)
			if o != nil {
				o.Enter(number)
				r.stare(o, keep)
				r.own.pipe[min(o.Age(), ages-1)]++
				o.Leave(number, 0)
			}
			r.Leave()
			if t.stop.Load() {
				break
			}
		}
		r.show()
	}
	r.Close()
}

const orderCell = 0

// writeAtOnce replaces the object as fast as can be.
func (t *torture) writeAtOnce(a *actor) {
	ways := slices.DeleteFunc(t.subject.Ways(), func(w subject.Way) bool { return !w.Direct })
	// Between the unlinking and the look at the readers nothing comes that
	// gives their stores time.
	unlinked := func(*mortal.Object) { t.atOnce.unlinks.Add(1) }
	ended := func(o *mortal.Object) {
		o.Grow() // it was unlinked
		o.Grow() // it ends
		for i := range orderReaders {
			if said := o.Reader(firstOrderReader + i); said != "" {
				t.failures.add(kindHeld, "reclaim", said, nil)
			}
		}
		t.bury(o)
	}
	for a.on(nil) {
		c := a.next()
		way, together, pause := ways[c.of(len(ways))], 1, max(0, c.of(4)-2)*c.of(1500)
		if c.one(2) {
			together = 1 + c.of(16)
		}
		for i := range 256 {
			if o := t.pool.NewWarm(); o != nil {
				if i == 0 {
					// There may be one that is not warm.
					way.Replace(orderCell, o, t.unlinked, t.end)
				} else {
					way.Replace(orderCell, o, unlinked, ended)
				}
			}
			if way.Waits && pause > 0 {
				// Readers come in meanwhile, if it is a gate.
				t.spin(time.Duration(pause) * time.Nanosecond)
			}
			if i%together == 0 {
				runtime.Gosched() // to the goroutines of the mechanism
			}
			if t.stop.Load() {
				return
			}
		}
		t.replaced.Add(256)
	}
}

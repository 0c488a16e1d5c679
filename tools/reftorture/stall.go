package main

import (
	"sync/atomic"
	"time"
	"unsafe"

	"hazptr/tools/internal/mortal"
)

// stall keeps an object for long. That must be reported, and hold up no other
// object unless the mechanism is so.
func (t *torture) stall(a *actor) {
	if t.StallFor == 0 {
		return
	}
	r := t.subject.NewReader()
	defer r.Close()
	way := t.subject.Ways()[0]
	for n := 0; a.on(nil) && n < 3; n++ {
		cell := t.Cells // of this actor alone
		var objects [3]*mortal.Object
		for i := range objects {
			for objects[i] == nil {
				if objects[i] = t.object(false, false); objects[i] == nil && t.stop.Load() {
					return
				}
			}
		}
		way.Replace(cell, objects[0], t.unlinked, t.end)
		o := r.Enter(cell)
		for o == nil { // a gate that others have frozen
			r.Leave()
			o = r.Enter(cell)
		}
		t.mu.Lock()
		t.stalled, t.stallTold = uintptr(unsafe.Pointer(o)), false
		t.mu.Unlock()
		var other atomic.Bool // the second one has ended
		replaced := make(chan struct{})
		go func() {
			defer close(replaced)
			way.Replace(cell, objects[1], t.unlinked, t.end)
			way.Replace(cell, objects[2], t.unlinked, func(o *mortal.Object) {
				other.Store(true)
				t.end(o)
			})
		}()
		seen := func() (told, others bool) {
			t.mu.Lock()
			defer t.mu.Unlock()
			return t.stallTold || !t.typ.Stalls, other.Load() || t.typ.Waits || way.Waits
		}
		begun := time.Now()
		told, others := seen()
		for stayed := time.Duration(0); stayed < t.StallFor || !(told && others) && stayed < t.StallFor+t.Patience/2; stayed = time.Since(begun) {
			if t.failures.any() {
				break
			}
			time.Sleep(time.Millisecond)
			told, others = seen()
		}
		said := o.Check()
		r.Leave()
		r.Rest()
		<-replaced
		t.stalls.Add(1)
		switch {
		case t.failures.any():
		case said != "":
			a.fail(kindEnded, "the object that a reader has had for %v: %s", time.Since(begun), said)
		case !told:
			a.fail(kindStall, "a reader has had %p for %v, and nothing was reported", o, time.Since(begun))
		case !others:
			a.fail(kindProgress, "another object has not ended while a reader stayed for %v", time.Since(begun))
		}
		a.sleep(2 * t.StallFor)
	}
}

// stallReported is called by the mechanism.
func (t *torture) stallReported(object uintptr) {
	t.stallReports.Add(1)
	t.mu.Lock()
	defer t.mu.Unlock()
	if object == t.stalled || object == 0 {
		t.stallTold = true
	}
}

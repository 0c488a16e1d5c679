package main

import (
	"runtime"
	"sync/atomic"
	"time"

	"hazptr/tools/internal/mortal"
	"hazptr/tools/internal/subject"
)

// wakeups retires an object when the mechanism's goroutines have done with the
// one before and are about to go to sleep, and waits for it. It is called while
// nothing else updates, which would wake them.
func (t *torture) wakeups(c *chooser) {
	sleeper, ok := t.subject.(subject.Sleeper)
	if !ok || t.retirer == nil {
		return
	}
	o := t.object(false, false)
	if o == nil {
		return
	}
	var ended atomic.Int64
	again := func(*mortal.Object) { ended.Add(1) }
	at, n := uint64(c.next()), int64(0)
	retire := func() bool {
		n++
		before := sleeper.Passes()
		if at>>40&1 == 0 {
			at = t.late.stores(at)
		} else {
			at = turned(at)
			t.late.touch()
		}
		// No reader has it, so it can be retired again and again.
		t.retirer.Retire(o, again)
		lost := time.Now().Add(t.Patience / 3)
		for looks := 0; sleeper.Passes() == before; looks++ {
			if looks > 1000 {
				runtime.Gosched()
				if time.Now().After(lost) {
					t.failures.add(kindLost, "wake-up", "a retired object is not looked at although nothing holds it up: no goroutine has been woken", nil)
					return false
				}
			}
		}
		t.wakened.Add(1)
		return true
	}
	for end := time.Now().Add(t.Alone); time.Now().Before(end); {
		if !retire() {
			return
		}
		t.spin(time.Duration(at>>48%1024) * time.Nanosecond)
		if !retire() {
			return
		}
	}
	if !t.eventually(func() bool { return ended.Load() == n }) {
		t.failures.add(kindLost, "wake-up", "a retired object has not ended", nil)
		return
	}
	t.unlinked(o)
	t.end(o)
}

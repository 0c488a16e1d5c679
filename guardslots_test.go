package hazptr

import (
	"runtime"
	"sync/atomic"
	"testing"
	"unsafe"
)

func lookedAt() int {
	var l look
	l.ask(1)
	l.all()
	return l.slots
}

// After a burst, looks pass its slots by; what is acquired then is found.
func TestGuardGroupsAreClosed(t *testing.T) {
	var source atomic.Pointer[int]
	source.Store(new(int))
	burst := make([]Guard[int], 20_000)
	for range 3 {
		for i := range burst {
			burst[i] = Acquire(&source)
		}
		if n := len(holding(unsafe.Pointer(source.Load()))); n != len(burst) {
			t.Fatalf("%d of %d Guards are found", n, len(burst))
		}
		for i := range burst {
			burst[i].Release()
		}
		lookedAt()
		// Guards of other tests, none of which is held, and Holders that are open.
		if n := lookedAt() - holders.opened(); n > 10*groupLen {
			t.Errorf("%d slots are looked at after the burst", n)
		}
	}
	// One at a time, each in a group that was closed.
	for range 1000 {
		g := Acquire(&source)
		if !protects(g.Ptr()) {
			t.Fatal("a Guard in a group that was closed is not found")
		}
		g.Release()
		lookedAt()
	}
	// Guards that come and go two at a time stay in a few groups, although all others are free.
	for range 100_000 {
		g, h := Acquire(&source), Acquire(&source)
		g.Release()
		h.Release()
	}
	if n := lookedAt() - holders.opened(); n > groupLen*(2*runtime.GOMAXPROCS(0)+10) {
		t.Errorf("%d slots are looked at for two Guards at a time", n)
	}
}

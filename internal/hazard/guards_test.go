package hazard

import (
	"runtime"
	"sync/atomic"
	"testing"
	"unsafe"
)

func lookedAt() int {
	var l Look
	l.Ask(1)
	l.All()
	return l.Slots
}

// After a burst, looks pass its slots by; what is acquired then is found.
func TestGuardGroupsAreClosed(t *testing.T) {
	var source atomic.Pointer[int]
	source.Store(new(int))
	burst := make([]guard[int], 20_000)
	for range 3 {
		for i := range burst {
			burst[i] = acquire(&source)
		}
		if n := len(holding(unsafe.Pointer(source.Load()))); n != len(burst) {
			t.Fatalf("%d of %d Guards are found", n, len(burst))
		}
		for i := range burst {
			burst[i].release()
		}
		lookedAt()
		// Guards of other tests, none of which is held, and Holders that are
		// open.
		if n := lookedAt() - holders.opened(); n > 10*groupLen {
			t.Errorf("%d slots are looked at after the burst", n)
		}
	}
	// One at a time, each in a group that was closed.
	for range 1000 {
		g := acquire(&source)
		if len(holding(unsafe.Pointer(g.p))) == 0 {
			t.Fatal("a Guard in a group that was closed is not found")
		}
		g.release()
		lookedAt()
	}
	// Guards that come and go two at a time stay in a few groups, although all
	// others are free.
	for range 100_000 {
		g, h := acquire(&source), acquire(&source)
		g.release()
		h.release()
	}
	if n := lookedAt() - holders.opened(); n > groupLen*(2*runtime.GOMAXPROCS(0)+10) {
		t.Errorf("%d slots are looked at for two Guards at a time", n)
	}
}

// Slots that were needed once are used again: Guards that come and go by the
// thousand don't make new ones.
func TestGuardSlotsAreUsedAgain(t *testing.T) {
	var source atomic.Pointer[int]
	source.Store(new(int))
	slots := func() (n int) {
		for bank := range guards.banks.All() {
			for seg := bank.newest.Load(); seg != nil; seg = seg.older {
				n += len(seg.groups) * groupLen
			}
		}
		return n
	}
	burst := func() {
		held := make([]guard[int], 1000)
		for i := range held {
			held[i] = acquire(&source)
		}
		for i := range held {
			held[i].release()
		}
	}
	for range 2 * runtime.GOMAXPROCS(0) {
		burst() // on whatever Ps
	}
	before := slots()
	for range 1000 {
		burst()
	}
	// A P that had no burst yet may add its own: 64, 128, ... to twice what is
	// held.
	if grown := slots() - before; grown > runtime.GOMAXPROCS(0)*8192 {
		t.Errorf("%d slots were added", grown)
	}
}

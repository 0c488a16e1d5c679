package hazard

import (
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"
	"unsafe"
)

// holding returns the slots that hold p.
func holding(p unsafe.Pointer) []*Slot {
	var l Look
	l.Ask(1)
	l.About(uintptr(p))
	l.All()
	return slices.Collect(l.Holding(uintptr(p)))
}

// A look finds exactly the slots that hold what it was asked about, whether it
// was asked about some or all.
func TestLook(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	arena := make([]object, 5000)
	open := make([]*Lease, 3000)
	for i := range open {
		open[i] = Open()
		defer Close(open[i])
		defer clearSlot(open[i].Slot)
	}
	var l Look
	for _, asked := range []int{0, 1, 7, 64, 65, 5000, 3, 0} {
		held := map[*object]int{}
		for _, h := range open {
			if random.IntN(3) == 0 {
				clearSlot(h.Slot)
				continue
			}
			p := &arena[random.IntN(len(arena))]
			set(h.Slot, p)
			held[p]++
		}
		inUse := 0
		l.Ask(asked)
		for i := range asked {
			l.About(uintptr(unsafe.Pointer(&arena[i])))
		}
		l.All()
		for i := range arena {
			p := &arena[i]
			inUse += held[p]
			slots := slices.Collect(l.Holding(uintptr(unsafe.Pointer(p))))
			if asked > 0 && i >= asked {
				continue // may be found by mistake
			}
			if len(slots) != held[p] {
				t.Fatalf("asked about %d: %d slots hold object %d, want %d", asked, len(slots), i, held[p])
			}
			for _, slot := range slots {
				if !slot.Holds(uintptr(unsafe.Pointer(p))) {
					t.Fatal("a slot that holds something else")
				}
			}
		}
		if l.InUse < inUse || l.Slots < len(open) {
			t.Fatalf("%d of %d slots in use, want at least %d of %d", l.InUse, l.Slots, inUse, len(open))
		}
		if asked > 0 && asked < 100 && len(l.found) > 400 {
			t.Errorf("asked about %d, %d of %d hazards pass the filter", asked, len(l.found), l.InUse)
		}
	}
}

// BenchmarkLook is a look at the hazard pointers: ns/slot is what each open
// Holder, and each slot that there has ever been a Guard for, adds to a scan.
func BenchmarkLook(b *testing.B) {
	b.Run("holders", func(b *testing.B) {
		open := make([]*Lease, 65_536)
		for i := range open {
			open[i] = Open()
			if i%2 == 0 {
				set(open[i].Slot, new(object))
			}
		}
		benchmarkLook(b)
		for _, h := range open {
			clearSlot(h.Slot)
			Close(h)
		}
	})
	b.Run("guards", func(b *testing.B) {
		var source atomic.Pointer[object]
		source.Store(new(object))
		held := make([]guard[object], 65_536)
		for i := range held {
			held[i] = acquire(&source)
		}
		benchmarkLook(b)
		for i := range held {
			held[i].release()
		}
	})
}

func benchmarkLook(b *testing.B) {
	var l Look
	asked := make([]object, 1000)
	for b.Loop() {
		l.Ask(len(asked))
		for i := range asked {
			l.About(uintptr(unsafe.Pointer(&asked[i])))
		}
		l.All()
	}
	b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(l.Slots), "ns/slot")
}

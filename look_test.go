package hazptr

import (
	"math/rand/v2"
	"slices"
	"testing"
	"unsafe"
)

// holding returns the slots that hold p.
func holding(p unsafe.Pointer) []*uintptr {
	var l look
	l.ask(1)
	l.asked.add(uintptr(p))
	l.all()
	return slices.Collect(l.holding(uintptr(p)))
}

// A look finds exactly the slots that hold what it was asked about, whether it was asked about some or all.
func TestLook(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	arena := make([]object, 5000)
	holders := make([]*Holder[object], 3000)
	for i := range holders {
		holders[i] = NewHolder[object]()
		defer holders[i].Close()
	}
	var l look
	for _, asked := range []int{0, 1, 7, 64, 65, 5000, 3, 0} {
		held := map[*object]int{}
		for _, h := range holders {
			if random.IntN(3) == 0 {
				h.Clear()
				continue
			}
			p := &arena[random.IntN(len(arena))]
			h.Set(p)
			held[p]++
		}
		inUse := 0
		l.ask(asked)
		for i := range asked {
			l.asked.add(uintptr(unsafe.Pointer(&arena[i])))
		}
		l.all()
		for i := range arena {
			p := &arena[i]
			inUse += held[p]
			slots := slices.Collect(l.holding(uintptr(unsafe.Pointer(p))))
			if asked > 0 && i >= asked {
				continue // may be found by mistake
			}
			if len(slots) != held[p] {
				t.Fatalf("asked about %d: %d slots hold object %d, want %d", asked, len(slots), i, held[p])
			}
			for _, slot := range slots {
				if *slot != uintptr(unsafe.Pointer(p)) {
					t.Fatal("a slot that holds something else")
				}
			}
		}
		if l.inUse < inUse || l.slots < len(holders) {
			t.Fatalf("%d of %d slots in use, want at least %d of %d", l.inUse, l.slots, inUse, len(holders))
		}
		if asked > 0 && asked < 100 && len(l.found) > 400 {
			t.Errorf("asked about %d, %d of %d hazards pass the filter", asked, len(l.found), l.inUse)
		}
	}
}

func addressOf[T any](p *T) uintptr { return uintptr(unsafe.Pointer(p)) }

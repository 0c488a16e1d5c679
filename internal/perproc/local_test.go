package perproc

import (
	"runtime"
	"sync"
	"testing"
	"unsafe"
)

type cellValue struct {
	pins  Word
	inUse Word
}

// Two goroutines that are pinned have different Ts, also while GOMAXPROCS
// changes and beyond the Ps that there were at first; nothing that they write
// is lost.
func TestLocalIsExclusive(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	l := NewLocal[cellValue]()
	const goroutines, each = 8, 20_000
	var wg sync.WaitGroup
	for range goroutines {
		wg.Go(func() {
			for i := range each {
				v := l.Pin()
				shared := v.inUse.Load() != 0
				v.inUse.Store(1)
				v.pins.Store(v.pins.Load() + 1)
				v.inUse.Store(0)
				Unpin()
				if shared {
					t.Error("a T of two pinned goroutines")
				}
				if i%100 == 0 {
					runtime.Gosched()
				}
			}
		})
	}
	for i := range 50 {
		runtime.GOMAXPROCS(1 + i%(2*runtime.NumCPU()+5))
	}
	wg.Wait()
	sum, seen := uintptr(0), map[*cellValue]bool{}
	for v := range l.All() {
		if seen[v] {
			t.Error("All returns a T twice")
		}
		seen[v] = true
		sum += v.pins.Load()
	}
	if sum != goroutines*each {
		t.Errorf("%d pins are counted, want %d", sum, goroutines*each)
	}
}

func TestLocalBeyondTheFirstPs(t *testing.T) {
	l := NewLocal[cellValue]()
	first := len(l.first)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(3 * first))
	if runtime.GOMAXPROCS(0) <= first {
		t.Skip("this system has no more Ps")
	}
	// All Ps are needed to be sure to see a high one.
	var wg sync.WaitGroup
	var pinned sync.Map
	for range 3 * first {
		wg.Go(func() {
			for {
				id := Pin()
				of, v := l.Of(id), (*cellValue)(nil)
				Unpin()
				if (of == nil) != (id >= first) {
					t.Errorf("Of(%d), with %d first, is %p", id, first, of)
				}
				v = l.Pin()
				Unpin()
				pinned.Store(v, true)
				if l.beyond.Load() != nil {
					return
				}
			}
		})
	}
	wg.Wait()
	all := map[*cellValue]bool{}
	for v := range l.All() {
		all[v] = true
	}
	pinned.Range(func(v, _ any) bool {
		if !all[v.(*cellValue)] {
			t.Error("All leaves out a T that Pin returned")
		}
		return true
	})
	for range l.All() {
		break // must not go on
	}
}

// Neighbours must not share a cache line.
func TestCellsAreApart(t *testing.T) {
	l := &Local[cellValue]{first: make([]cell[cellValue], 2)}
	if d := uintptr(unsafe.Pointer(&l.first[1].t)) - uintptr(unsafe.Pointer(&l.first[0].t)); d < CacheLine+unsafe.Sizeof(cellValue{}) {
		t.Fatalf("%d bytes apart", d)
	}
}

func BenchmarkPin(b *testing.B) {
	for range b.N {
		Pin()
		Unpin()
	}
}

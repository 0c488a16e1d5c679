package perproc

import (
	"runtime"
	"sync"
	"testing"
)

// Goroutines that are pinned have different Ts of a Lazy, also beyond the Ps
// that there were at first; nothing that they write is lost.
func TestLazyIsExclusive(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	var l Lazy[cellValue]
	if l.Made() {
		t.Error("the zero Lazy is made")
	}
	l.Init()
	for range l.All() {
		t.Error("a T that no P has asked for")
	}
	const goroutines, each = 8, 20_000
	var wg sync.WaitGroup
	for range goroutines {
		wg.Go(func() {
			for i := range each {
				v := l.Pin(func() *cellValue { return new(cellValue) })
				shared := v.inUse.Load() != 0
				v.inUse.Store(1)
				v.pins.Store(v.pins.Load() + 1)
				v.inUse.Store(0)
				Unpin()
				if shared {
					t.Error("a T of two pinned goroutines")
				}
				id := Pin()
				of := l.Of(id)
				Unpin()
				if of != nil && id >= len(l.first) {
					t.Errorf("Of(%d), with %d first", id, len(l.first))
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
	for range l.All() {
		break // must not go on
	}
}

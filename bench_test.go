package hazptr

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
)

type object struct {
	value int
	_     [48]byte
}

var sink int

func BenchmarkLoad(b *testing.B) {
	var source atomic.Pointer[object]
	source.Store(&object{value: 1})
	n := 0
	for range b.N {
		n += source.Load().value
	}
	sink = n
}

func BenchmarkHolder(b *testing.B) {
	var source atomic.Pointer[object]
	source.Store(&object{value: 1})
	h := NewHolder[object]()
	defer h.Close()
	n := 0
	for range b.N {
		n += h.Protect(&source).value
		h.Clear()
	}
	sink = n
}

func BenchmarkGuard(b *testing.B) {
	var source atomic.Pointer[object]
	source.Store(&object{value: 1})
	n := 0
	for range b.N {
		g := Acquire(&source)
		n += g.Ptr().value
		g.Release()
	}
	sink = n
}

// BenchmarkGuardAmongMany acquires and releases while 10,000 other Guards are held.
func BenchmarkGuardAmongMany(b *testing.B) {
	var source atomic.Pointer[object]
	source.Store(&object{value: 1})
	others := make([]Guard[object], 10_000)
	for i := range others {
		others[i] = Acquire(&source)
	}
	BenchmarkGuard(b)
	for i := range others {
		others[i].Release()
	}
}

// BenchmarkGuardInBursts holds 1,000 Guards at a time, among 10,000 others: no slot is free twice in a row.
func BenchmarkGuardInBursts(b *testing.B) {
	for _, n := range []int{0, 10_000} {
		b.Run(fmt.Sprintf("others=%d", n), func(b *testing.B) {
			var source atomic.Pointer[object]
			source.Store(&object{value: 1})
			others := make([]Guard[object], n)
			for i := range others {
				others[i] = Acquire(&source)
			}
			burst := make([]Guard[object], 1000)
			for i := 0; i < b.N; i += len(burst) {
				for i := range burst {
					burst[i] = Acquire(&source)
				}
				for i := range burst {
					burst[i].Release()
				}
			}
			for i := range others {
				others[i].Release()
			}
		})
	}
}

func BenchmarkNewHolder(b *testing.B) {
	for range b.N {
		NewHolder[object]().Close()
	}
}

// BenchmarkRetire is an update without its swap, while a reader stays on one object: ns/op is what the caller pays, slowed down as it is to keep
// the bound; cpu-ns/op is what all threads pay until the last object is reclaimed; most-pending is the garbage.
func BenchmarkRetire(b *testing.B) {
	d := NewDomain(Config{})
	var source atomic.Pointer[object]
	source.Store(new(object))
	stalled := Acquire(&source)
	RetireIn(d, source.Swap(nil), 0, func(*object) {})
	p := new(object)
	reclaim := func(*object) {}
	b.ReportAllocs()
	most := int64(0)
	b.ResetTimer()
	before := cpuTime()
	for i := range b.N {
		RetireIn(d, p, 0, reclaim)
		if i%4096 == 4095 {
			most = max(most, d.Stats().Pending)
		}
	}
	if err := d.Flush(context.Background()); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(cpuTime()-before)/float64(b.N), "cpu-ns/op")
	b.ReportMetric(float64(most), "most-pending")
	b.StopTimer()
	stalled.Release()
	closeDomain(b, d)
}

// BenchmarkLook is a look at the hazard pointers: ns/slot is what each open Holder, and each slot that there has ever been a Guard for, adds to
// a scan.
func BenchmarkLook(b *testing.B) {
	b.Run("holders", func(b *testing.B) {
		open := make([]*Holder[object], 65_536)
		for i := range open {
			open[i] = NewHolder[object]()
			if i%2 == 0 {
				open[i].Set(new(object))
			}
		}
		benchmarkLook(b)
		for _, h := range open {
			h.Close()
		}
	})
	b.Run("guards", func(b *testing.B) {
		var source atomic.Pointer[object]
		source.Store(new(object))
		held := make([]Guard[object], 65_536)
		for i := range held {
			held[i] = Acquire(&source)
		}
		benchmarkLook(b)
		for i := range held {
			held[i].Release()
		}
	})
}

func benchmarkLook(b *testing.B) {
	var found []uintptr
	for b.Loop() {
		found = appendHazards(found[:0])
	}
	b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(hazardSlots()), "ns/slot")
}

func BenchmarkRWMutex(b *testing.B) {
	var mu sync.RWMutex
	var source atomic.Pointer[object]
	source.Store(&object{value: 1})
	n := 0
	for range b.N {
		mu.RLock()
		n += source.Load().value
		mu.RUnlock()
	}
	sink = n
}

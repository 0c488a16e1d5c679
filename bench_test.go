package hazptr

import (
	"context"
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

// BenchmarkRetire is an update without its swap: what the caller pays, and, by way of the last Barrier, what everybody else does.
func BenchmarkRetire(b *testing.B) {
	d := NewDomain(Config{})
	p := new(object)
	reclaim := func(*object) {}
	b.ReportAllocs()
	for range b.N {
		RetireIn(d, p, 0, reclaim)
	}
	if err := d.Barrier(context.Background()); err != nil {
		b.Fatal(err)
	}
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

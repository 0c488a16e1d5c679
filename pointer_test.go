package hazptr

import (
	"sync/atomic"
	"testing"

	"hazptr/internal/litmus"
)

func TestPointer(t *testing.T) {
	d := NewDomain(Config{})
	a, b := &object{value: 1}, &object{value: 2}
	p := NewPointer(d, a)
	g := p.Acquire()
	h := NewHolder[object]()
	defer h.Close()
	if p.Protect(h) != a || g.Ptr() != a || p.Peek() != a {
		t.Fatal("not the object that it was made with")
	}
	if p.CompareAndSwap(b, a) || !p.CompareAndSwap(a, b) || p.Peek() != b {
		t.Fatal("CompareAndSwap")
	}
	if p.Swap(a) != b || p.Peek() != a {
		t.Fatal("Swap")
	}
	var ended atomic.Pointer[object]
	p.Replace(b, func(o *object) { ended.Store(o) })
	if err := d.Flush(litmus.Context(t)); err != nil {
		t.Fatal(err)
	}
	if ended.Load() != nil {
		t.Fatal("reclaimed while a Guard and a Holder protect it")
	}
	litmus.MustPanic(t, "it points to already", func() { p.Replace(b, func(*object) {}) })
	litmus.MustPanic(t, "nil reclaim function", func() { p.Replace(a, nil) })
	if p.Peek() != b {
		t.Fatal("a Replace that panics has replaced")
	}
	h.Clear()
	g.Release()
	closeDomain(t, d)
	if ended.Load() != a {
		t.Fatal("not reclaimed after Close")
	}
}

func TestZeroPointer(t *testing.T) {
	var p Pointer[object]
	g := p.Acquire()
	if g.Ptr() != nil || p.Peek() != nil {
		t.Fatal("the zero Pointer isn't nil")
	}
	p.Replace(new(object), func(*object) { t.Error("nil was reclaimed") })
	done := make(chan struct{})
	p.Replace(nil, func(*object) { close(done) })
	<-done // in Default()
}

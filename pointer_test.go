package hazptr

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"hazptr/internal/check"
	"hazptr/internal/faulty"
	"hazptr/internal/litmus"
	"hazptr/internal/race"
)

// ending returns a Pointer of a domain of its own, and the objects that have
// ended.
func ending(t *testing.T, first *object) (p *Pointer[object], d *Domain, ended *atomic.Pointer[object]) {
	d, ended = NewDomain(Config{}), new(atomic.Pointer[object])
	t.Cleanup(func() { closeDomain(t, d) })
	return NewPointer(PointerConfig[object]{Reclaim: ended.Store, Domain: d}, first), d, ended
}

func flush(t *testing.T, d *Domain) {
	t.Helper()
	if err := d.Flush(litmus.Context(t)); err != nil {
		t.Fatal(err)
	}
}

func TestPointer(t *testing.T) {
	a, b := &object{value: 1}, &object{value: 2}
	p, d, ended := ending(t, a)
	g := p.Acquire()
	h := NewHolder[object]()
	defer h.Close()
	if p.Protect(h) != a || g.Ptr() != a || !p.Do(func(o *object) {
		if o != a {
			t.Error("Do has another object")
		}
	}) {
		t.Fatal("not the object that it was made with")
	}
	p.Replace(b)
	flush(t, d)
	if ended.Load() != nil {
		t.Fatal("reclaimed while a Guard and a Holder protect it")
	}
	litmus.MustPanic(t, "Replace with the object that is there already", func() { p.Replace(b) })
	h.Clear()
	g.Release()
	flush(t, d)
	if ended.Load() != a {
		t.Fatal("not reclaimed")
	}
	p.Replace(nil)
	if p.Do(func(*object) { t.Error("use of nil") }) {
		t.Error("a nil Pointer has an object")
	}
	p.Replace(nil) // nothing
	p.Replace(a)
	flush(t, d)
	if ended.Load() != b {
		t.Error("the last object was not reclaimed")
	}
}

// However use ends, so does the protection, and not before.
func TestPointerDo(t *testing.T) {
	for _, end := range []struct {
		how  func()
		want faulty.Outcome
	}{
		{func() {}, faulty.Outcome{}},
		{func() { panic("on purpose") }, faulty.Outcome{Panicked: "on purpose"}},
		{runtime.Goexit, faulty.Outcome{Goexit: true}},
	} {
		a := &object{value: 1}
		p, d, ended := ending(t, a)
		got := faulty.Try(func() {
			p.Do(func(o *object) {
				p.Replace(&object{value: 2})
				flush(t, d)
				if o != a || ended.Load() != nil {
					t.Error("the object has ended while it was used")
				}
				p.Do(func(o *object) { // the next one
					if o.value != 2 {
						t.Error("Do in Do has the object that was replaced")
					}
				})
				end.how()
			})
		})
		if got != end.want {
			t.Errorf("%+v, want %+v", got, end.want)
		}
		flush(t, d)
		if ended.Load() != a {
			t.Error("protected after Do")
		}
	}
	p, d, ended := ending(t, new(object))
	func() {
		defer func() { _ = recover() }()
		p.Do(nil)
	}()
	p.Replace(nil)
	flush(t, d)
	if ended.Load() == nil {
		t.Error("protected after a Do of nil")
	}
	p.Replace(new(object))
	if n := testing.AllocsPerRun(100, func() { p.Do(func(o *object) { o.value++ }) }); n != 0 && !race.Enabled && !check.Enabled {
		t.Errorf("Do allocates %v times", n)
	}
}

func TestPointerInit(t *testing.T) {
	reclaim := func(*object) {}
	litmus.MustPanic(t, "NewPointer without PointerConfig.Reclaim", func() { NewPointer(PointerConfig[object]{}, nil) })
	litmus.MustPanic(t, "NewPointer with a zero-size type", func() { NewPointer(PointerConfig[struct{}]{Reclaim: func(*struct{}) {}}, nil) })
	var p Pointer[object]
	for method, replace := range map[string]func(){
		"Replace":           func() { p.Replace(new(object)) },
		"CompareAndReplace": func() { p.CompareAndReplace(nil, new(object)) },
		"ReplaceAndWait":    func() { _, _ = p.ReplaceAndWait(context.Background(), new(object)) },
	} {
		litmus.MustPanic(t, method+" of a Pointer that was not made by NewPointer or Init", replace)
	}
	if p.Do(func(*object) {}) {
		t.Error("a Pointer that is not made has an object")
	}
	litmus.MustPanic(t, "Pointer.Init without PointerConfig.Reclaim", func() { p.Init(PointerConfig[object]{}, nil) })
	p.Init(PointerConfig[object]{Reclaim: reclaim}, new(object))
	litmus.MustPanic(t, "Init of a Pointer that is made already", func() { p.Init(PointerConfig[object]{Reclaim: reclaim}, nil) })
	if !p.Do(func(*object) {}) {
		t.Error("an Init that panics has changed the Pointer")
	}
}

// A domain that is closed is found before the object is replaced.
func TestPointerInAClosedDomain(t *testing.T) {
	a := new(object)
	p, d, _ := ending(t, a)
	closeDomain(t, d)
	for method, replace := range map[string]func(){
		"Replace":           func() { p.Replace(nil) },
		"CompareAndReplace": func() { p.CompareAndReplace(a, nil) },
		"ReplaceAndWait":    func() { _, _ = p.ReplaceAndWait(context.Background(), nil) },
	} {
		litmus.MustPanic(t, method+` of a Pointer in domain "", which is closed`, replace)
		if !p.Do(func(*object) {}) {
			t.Errorf("%s has replaced", method)
		}
	}
}

func TestPointerCompareAndReplace(t *testing.T) {
	a, b := &object{value: 1}, &object{value: 2}
	p, d, ended := ending(t, a)
	if p.CompareAndReplace(b, a) || p.CompareAndReplace(nil, b) {
		t.Fatal("replaced what is not there")
	}
	if !p.CompareAndReplace(a, b) {
		t.Fatal("not replaced")
	}
	flush(t, d)
	if ended.Load() != a {
		t.Fatal("not reclaimed")
	}
	litmus.MustPanic(t, "CompareAndReplace with the object that is there already", func() { p.CompareAndReplace(b, b) })
	if !p.CompareAndReplace(b, nil) || !p.CompareAndReplace(nil, a) {
		t.Fatal("nil is not replaced")
	}
}

func TestPointerReplaceAndWait(t *testing.T) {
	a, b := &object{value: 1}, &object{value: 2}
	p, d, ended := ending(t, a)
	if old, err := p.ReplaceAndWait(context.Background(), b); old != a || err != nil {
		t.Fatal(old, err)
	}
	g := p.Acquire()
	over, cancel := context.WithCancel(context.Background())
	cancel()
	old, err := p.ReplaceAndWait(over, nil)
	if old != nil || !errors.Is(err, context.Canceled) || err.Error() != "hazptr: ReplaceAndWait: hazard pointers that hold the object: 1: context canceled" {
		t.Fatal(old, err)
	}
	if p.Do(func(*object) {}) {
		t.Error("not replaced")
	}
	flush(t, d)
	if ended.Load() != nil {
		t.Error("reclaimed while a Guard protects it")
	}
	g.Release()
	flush(t, d)
	if ended.Load() != b {
		t.Error("not retired")
	}
	if old, err := p.ReplaceAndWait(context.Background(), a); old != nil || err != nil {
		t.Error("nothing was there", old, err)
	}
	var none context.Context
	litmus.MustPanic(t, "ReplaceAndWait with a nil Context", func() { _, _ = p.ReplaceAndWait(none, nil) })
	if !p.Do(func(*object) {}) {
		t.Error("a ReplaceAndWait that panics has replaced")
	}
}

// Bytes count, and what is wrong with them is told before the object is
// replaced.
func TestPointerBytes(t *testing.T) {
	d := NewDomain(Config{})
	size, fault := int64(1000), func() {}
	p := NewPointer(PointerConfig[object]{Reclaim: func(*object) {}, Domain: d, Bytes: func(*object) int64 {
		fault()
		return size
	}}, new(object))
	g := p.Acquire()
	p.Replace(new(object))
	if n := d.Stats().PendingBytes; n != 1000 {
		t.Errorf("%d bytes are pending", n)
	}
	g.Release()
	size = -1
	litmus.MustPanic(t, "PointerConfig.Bytes has returned -1, want 0 to", func() { p.Replace(nil) })
	size, fault = 1, func() { panic("on purpose") }
	litmus.MustPanic(t, "on purpose", func() { p.Replace(nil) })
	fault = func() {}
	if !p.Do(func(*object) {}) {
		t.Error("replaced by a Replace that has panicked")
	}
	p.Replace(nil)
	closeDomain(t, d)
	if s := d.Stats(); s.RetiredBytes != 1001 || s.Retired != 2 {
		t.Errorf("%+v", s)
	}
}

// Each object ends once, whichever goroutine replaces it.
func TestPointerReplacedByMany(t *testing.T) {
	d := NewDomain(Config{})
	var ended atomic.Int64
	p := NewPointer(PointerConfig[atomic.Bool]{
		Reclaim: func(b *atomic.Bool) {
			if b.Swap(true) {
				t.Error("reclaimed twice")
			}
			ended.Add(1)
		},
		Bytes: func(b *atomic.Bool) int64 {
			if b.Load() {
				t.Error("Bytes of what has ended")
			}
			return 1
		},
		Domain: d,
	}, nil)
	const goroutines, each = 4, 1000
	var wg sync.WaitGroup
	for range goroutines {
		wg.Go(func() {
			for range each {
				p.Replace(new(atomic.Bool))
				p.Do(func(b *atomic.Bool) {
					if b.Load() {
						t.Error("use of what has ended")
					}
				})
			}
		})
	}
	wg.Wait()
	p.Replace(nil)
	closeDomain(t, d)
	if n := ended.Load(); n != goroutines*each {
		t.Errorf("%d have ended, want %d", n, goroutines*each)
	}
}

// A Pointer works in the bubble of its domain. Elsewhere it panics and names
// the domain.
func TestPointerInBubbles(t *testing.T) {
	reclaim := func(*object) {}
	outside := NewPointer(PointerConfig[object]{Reclaim: reclaim}, new(object))
	var before *Pointer[object]
	for range 2 {
		synctest.Test(t, func(t *testing.T) {
			d := NewDomain(Config{})
			ended := 0
			p := NewPointer(PointerConfig[object]{Reclaim: func(*object) { ended++ }, Domain: d}, new(object))
			p.Do(func(*object) { p.Replace(new(object)) })
			flush(t, d)
			if ended != 1 {
				t.Error("not reclaimed")
			}
			// It waits for nothing.
			outside.Do(func(*object) { outside.Replace(new(object)) })
			litmus.MustPanic(t, `NewPointer of domain "default" in another bubble`, func() { NewPointer(PointerConfig[object]{Reclaim: reclaim}, nil) })
			litmus.MustPanic(t, `Flush of domain "default" in another bubble`, func() { _ = Default().Flush(context.Background()) })
			if before != nil {
				litmus.MustPanic(t, `Replace of domain "" in another bubble`, func() { before.Replace(nil) })
			}
			before = p
		})
	}
	litmus.MustPanic(t, `Replace of domain "" in another bubble`, func() { before.Replace(nil) })
}

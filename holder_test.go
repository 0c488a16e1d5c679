package hazptr

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"unsafe"

	"hazptr/internal/check"
	"hazptr/internal/goroutine"
	"hazptr/internal/hazard"
	"hazptr/internal/litmus"
)

// holding returns the slots that hold p.
func holding(p unsafe.Pointer) []*hazard.Slot {
	var l hazard.Look
	l.Ask(1)
	l.About(uintptr(p))
	l.All()
	return slices.Collect(l.Holding(uintptr(p)))
}

// protects reports whether some hazard pointer holds p.
func protects[T any](p *T) bool { return len(holding(unsafe.Pointer(p))) > 0 }

func TestHolderProtects(t *testing.T) {
	var source atomic.Pointer[int]
	h := NewHolder[int]()
	if p := h.Protect(&source); p != nil {
		t.Fatalf("Protect of a nil source: %p", p)
	}
	first, second := new(int), new(int)
	source.Store(first)
	if p := h.Protect(&source); p != first || !protects(first) {
		t.Fatal("Protect does not protect")
	}
	source.Store(second)
	if h.TryProtect(first, &source) || protects(first) || protects(second) {
		t.Fatal("TryProtect of what the source had before")
	}
	if !h.TryProtect(second, &source) || !protects(second) {
		t.Fatal("TryProtect does not protect")
	}
	h.Clear()
	if protects(second) {
		t.Fatal("protected after Clear")
	}
	h.Set(first)
	if !protects(first) {
		t.Fatal("Set does not protect")
	}
	h.Protect(&source)
	if protects(first) || !protects(second) {
		t.Fatal("Protect after Set protects the wrong object")
	}
	source.Store(nil)
	h.Protect(&source)
	if protects(second) {
		t.Fatal("Protect of a nil source leaves the last object protected")
	}
	source.Store(first)
	h.Protect(&source)
	h.Close()
	if protects(first) {
		t.Fatal("protected after Close")
	}
}

func TestHolderAfterClose(t *testing.T) {
	var source atomic.Pointer[int]
	source.Store(new(int))
	closed := NewHolder[int]()
	closed.Close()
	for _, h := range []*Holder[int]{closed, new(Holder[int])} {
		want := "Holder used after Close, or not made by NewHolder"
		if check.Enabled && h == closed {
			want = "Holder used after Close\nmade:"
		}
		litmus.MustPanic(t, want, func() { h.Protect(&source) })
		litmus.MustPanic(t, want, func() { h.TryProtect(source.Load(), &source) })
		litmus.MustPanic(t, want, func() { h.Set(source.Load()) })
		litmus.MustPanic(t, want, func() { h.Clear() })
	}
	litmus.MustPanic(t, "Holder used after Close, or not made by NewHolder", new(Holder[int]).Close)
	opened := hazard.Opened()
	closed.Close() // nothing
	if n := hazard.Opened(); n != opened {
		t.Errorf("a second Close closes %d Holders", opened-n)
	}
}

func TestHolderSlotsAreUsedAgain(t *testing.T) {
	before := Default().Stats().Holders
	seen := map[*uintptr]bool{}
	for range 10 {
		var open []*Holder[int]
		for range 1000 {
			h := NewHolder[int]()
			for _, other := range open {
				if h.hazard == other.hazard {
					t.Fatal("two open Holders with one slot")
				}
			}
			seen[h.hazard] = true
			open = append(open, h)
		}
		if n := Default().Stats().Holders - before; n != 1000 {
			t.Fatalf("Stats.Holders rose by %d, want 1000", n)
		}
		for i := range open {
			open[(i*7)%len(open)].Close() // 7 does not divide 1000: each once
		}
	}
	if n := Default().Stats().Holders; n != before {
		t.Fatalf("Stats.Holders is %d, want %d", n, before)
	}
	if len(seen) > 1000 {
		t.Fatalf("%d slots for 1000 Holders at a time", len(seen))
	}
}

func TestHoldersFromManyGoroutines(t *testing.T) {
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			mine := new(int)
			var source atomic.Pointer[int]
			source.Store(mine)
			for range 2000 {
				h := NewHolder[int]()
				if h.Protect(&source) != mine || len(holding(unsafe.Pointer(mine))) != 1 {
					t.Error("another Holder's slot")
				}
				h.Close()
			}
		})
	}
	wg.Wait()
}

// keptForEver has what forgotten Holders hold. Were it collected, another
// object at its address could never be reclaimed.
var keptForEver []*object

// A Holder that is forgotten gives its slot back if it holds nothing, and keeps
// protecting if it holds something.
func TestForgottenHolders(t *testing.T) {
	before := Default().Stats()
	kept := new(object)
	keptForEver = append(keptForEver, kept)
	var source atomic.Pointer[object]
	source.Store(kept)
	func() {
		NewHolder[object]().Protect(&source)
		h := NewHolder[object]()
		h.Protect(&source)
		h.Clear()
	}()
	source.Store(nil)
	litmus.Eventually(t, "both are found", func() bool {
		runtime.GC()
		return Default().Stats().Leaked == before.Leaked+2
	})
	after := Default().Stats()
	if n := after.LeakedProtecting - before.LeakedProtecting; n != 1 {
		t.Errorf("LeakedProtecting rose by %d, want 1", n)
	}
	if n := after.Holders - before.Holders; n != 1 {
		t.Errorf("%d slots are still open, want the one that protects", n)
	}
	if !protects(kept) {
		t.Error("what a forgotten Holder held is no longer protected")
	}
}

// A closed Holder that is collected is no leak.
func TestClosedHoldersDoNotLeak(t *testing.T) {
	before := Default().Stats().Leaked
	for range 100 {
		NewHolder[int]().Close()
	}
	for range 3 {
		runtime.GC()
	}
	if n := Default().Stats().Leaked - before; n != 0 {
		t.Errorf("%d closed Holders count as leaked", n)
	}
}

// Hazards are addresses: the heap must not move. If this fails, the package
// can't work with this version of Go.
func TestHeapDoesNotMove(t *testing.T) {
	objects := make([]*object, 1000)
	addresses := make([]uintptr, len(objects))
	for i := range objects {
		objects[i] = new(object)
		addresses[i] = uintptr(unsafe.Pointer(objects[i]))
	}
	for i := range objects {
		if i%2 == 0 {
			objects[i] = nil // leave holes, that a moving collector would close
		}
	}
	runtime.GC()
	runtime.GC()
	for i, p := range objects {
		if p != nil && uintptr(unsafe.Pointer(p)) != addresses[i] {
			t.Fatalf("object %d moved from %#x to %p", i, addresses[i], p)
		}
	}
}

// Close gives the hazard pointer back before it calls a reclaim function, which
// may not return.
func TestCloseWithAReclaimFunctionThatPanics(t *testing.T) {
	d := NewDomain(Config{ReclaimInline: true})
	var source atomic.Pointer[int]
	mine := goroutine.Current()
	panicked := false
	// The scanner may come first, and a worker call the function.
	for range 1000 {
		source.Store(new(int))
		h := NewHolder[int]()
		h.Protect(&source)
		RetireIn(d, source.Swap(nil), 0, func(*int) {
			if goroutine.Current() == mine {
				panicked = true
				panic("on purpose")
			}
		})
		litmus.Eventually(t, "it is kept", func() bool { return d.Stats().Holding == 1 })
		opened := hazard.Opened()
		func() {
			defer func() { recover() }()
			h.Close()
		}()
		if n := hazard.Opened(); n != opened-1 {
			t.Errorf("%d Holders are open, want %d", n, opened-1)
		}
		litmus.MustPanic(t, "Holder used after Close", h.Clear)
		if panicked || t.Failed() {
			break
		}
	}
	if !panicked {
		t.Error("no reclaim function was called by Close")
	}
	closeDomain(t, d)
}

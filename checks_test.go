//go:build hazptr_debug

package hazptr

import (
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hazptr/internal/fence"
)

// reported calls f, which must panic with what, and with the stacks of events, of which the last is "now". Each must name a function of this file.
func reported(t *testing.T, what string, events []string, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		text, _ := recover().(string)
		checkReport(t, text, what, append(events, "now"))
	}()
	f()
}

func checkReport(t *testing.T, text, what string, events []string) {
	t.Helper()
	if !strings.HasPrefix(text, "hazptr: "+what) {
		t.Fatalf("%q, want %q", text, what)
	}
	rest := text
	for _, e := range events {
		_, after, found := strings.Cut(rest, "\n"+e+":\n")
		first, _, _ := strings.Cut(after, "\n")
		if !found || !strings.HasPrefix(first, "\thazptr.") || strings.Contains(first, "here") || !strings.Contains(after, "checks_test.go:") {
			t.Errorf("%q has no stack of a user's function in\n%s", e, text)
		}
		rest = "\n" + after
	}
}

func TestDoubleReleaseIsReported(t *testing.T) {
	var source atomic.Pointer[database]
	source.Store(new(database))
	g := Acquire(&source)
	c := g
	g.Release()
	g.Release() // the same variable: nothing
	reported(t, "Release of a Guard of which a copy has been released already", []string{"acquired", "released"}, func() { c.Release() })
	// Also when the slot and the object are another Guard's by now.
	other := Acquire(&source)
	reported(t, "Release of a Guard of which a copy has been released already", []string{"acquired", "released"}, func() { c.Release() })
	other.Release()
	reported(t, "Ptr of a Guard that has been released", []string{"acquired", "released"}, func() { c.Ptr() })
}

// Of two copies that are released at the same time, one is reported.
func TestReleasesAtTheSameTimeAreReported(t *testing.T) {
	var source atomic.Pointer[database]
	source.Store(new(database))
	for range 100 {
		g := Acquire(&source)
		c := g
		panics := make(chan any, 2)
		for _, g := range []*Guard[database]{&g, &c} {
			go func() {
				defer func() { panics <- recover() }()
				g.Release()
			}()
		}
		first, second := <-panics, <-panics
		if (first == nil) == (second == nil) {
			t.Fatalf("%v, %v", first, second)
		}
	}
}

func TestProtectAfterCloseIsReported(t *testing.T) {
	var source atomic.Pointer[database]
	h := NewHolder[database]()
	h.Close()
	reported(t, "Holder used after Close", []string{"made", "closed"}, func() { h.Protect(&source) })
}

func TestRetireTwiceIsReported(t *testing.T) {
	d := NewDomain(Config{})
	var source atomic.Pointer[database]
	source.Store(new(database))
	g := Acquire(&source)
	p := source.Swap(nil)
	RetireIn(d, p, 0, unmap)
	reported(t, "Retire of a *hazptr.database at 0x", []string{"retired"}, func() { RetireIn(d, p, 0, unmap) })
	g.Release()
	closeDomain(t, d)
	// Whoever has it now may retire it again.
	d = NewDomain(Config{})
	RetireIn(d, p, 0, unmap)
	closeDomain(t, d)
}

func TestRetireOfWhatIsReachableIsReported(t *testing.T) {
	d := NewDomain(Config{})
	var source atomic.Pointer[database]
	source.Store(new(database))
	g := Acquire(&source)
	reported(t, "Retire of a *hazptr.database at 0x", []string{"loaded from there"}, func() { RetireIn(d, g.Ptr(), 0, unmap) })
	g.Release()

	q := NewPointer(d, new(database))
	old := q.Swap(nil)
	q.Swap(old) // put back
	reported(t, "Retire of a *hazptr.database at 0x", []string{"loaded from there"}, func() { RetireIn(d, old, 0, unmap) })
	q.Swap(nil)
	RetireIn(d, old, 0, unmap)
	h := NewHolder[database]()
	defer h.Close()
	p := q.Peek()
	if p != nil {
		t.Fatal("not empty")
	}
	next := new(database)
	if !q.CompareAndSwap(nil, next) || q.Protect(h) != next {
		t.Fatal("no swap")
	}
	reported(t, "Retire of a *hazptr.database at 0x", []string{"loaded from there"}, func() { RetireIn(d, next, 0, unmap) })
	q.Replace(nil, unmap)
	h.Clear()
	closeDomain(t, d)
}

// A list's node that was reclaimed may point to whatever it did.
func TestRetireOfWhatAReclaimedNodePointsTo(t *testing.T) {
	type node struct {
		next atomic.Pointer[node]
		_    [5]int
	}
	d := NewDomain(Config{})
	var head atomic.Pointer[node]
	first, second := new(node), new(node)
	head.Store(first)
	first.next.Store(second)
	g := Acquire(&first.next)
	g.Release()
	head.Store(nil)
	reported(t, "Retire of a *hazptr.node at 0x", []string{"loaded from there"}, func() { RetireIn(d, second, 0, func(*node) {}) })
	RetireIn(d, first, 0, func(*node) {})
	if err := d.Barrier(soonContext(t)); err != nil {
		t.Fatal(err)
	}
	RetireIn(d, second, 0, func(*node) {})
	closeDomain(t, d)
}

func TestLeaksAreReported(t *testing.T) {
	reports := make(chan string, 100)
	before := reportLeak
	reportLeak = func(text string) { reports <- text }
	t.Cleanup(func() { reportLeak = before })
	leaked := func(what string, events ...string) {
		t.Helper()
		for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
			runtime.GC()
			select {
			case text := <-reports:
				if strings.Contains(text, what) { // another test's leak may come late
					checkReport(t, text, what, events)
					return
				}
			default:
			}
		}
		t.Fatalf("%q is not reported", what)
	}
	var source atomic.Pointer[database]
	source.Store(new(database))
	var guard *guardSlot
	func() {
		g := Acquire(&source)
		guard = g.slot
		g.Ptr()
	}()
	leaked("a Guard was forgotten, and is never released", "acquired", "last used")
	fence.Release(&guard.hazard, 0)
	var holder *holderSlot
	func() {
		h := NewHolder[database]()
		holder = h.slot
		h.Protect(&source)
	}()
	leaked("a Holder was forgotten without Close while it protected something", "made", "last protected something else than before")
	fence.Release(&holder.hazard, 0)
	holders.close(holder)
	func() {
		h := NewHolder[database]()
		h.Protect(&source)
		h.Clear()
	}()
	leaked("a Holder was forgotten without Close\n", "made", "last protected something else than before")
}

//go:build hazptr_debug

package hazptr

import (
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"
	"weak"

	"hazptr/internal/check"
	"hazptr/internal/fence"
	"hazptr/internal/hazard"
	"hazptr/internal/litmus"
)

// reported calls f, which must panic with what, and with the stacks of events,
// of which the last is "now". Each must name a function of this file.
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
		first, place, _ := strings.Cut(after, "\n")
		place, _, _ = strings.Cut(place, "\n")
		if !found || !strings.HasPrefix(first, "\thazptr.") || !strings.Contains(place, "checks_test.go:") {
			t.Errorf("%q has no stack that begins with a caller's function in\n%s", e, text)
		}
		rest = "\n" + after
	}
}

// catchReports returns what is reported from now on.
func catchReports(t *testing.T) chan string {
	reports := make(chan string, 1000)
	tell := func(text string) { reports <- text }
	check.Reporter.Store(&tell)
	t.Cleanup(func() { check.Reporter.Store(nil) })
	return reports
}

// reachable calls f, which must be told that it retires what readers can still
// load.
func reachable(t *testing.T, reports chan string, f func()) {
	t.Helper()
	f()
	for {
		select {
		case text := <-reports:
			// Another test's leak may come late.
			if strings.Contains(text, "can still load") {
				checkReport(t, text, "Retire of a *hazptr.", []string{"loaded from there", "now"})
				return
			}
		default:
			t.Fatal("it is not reported")
		}
	}
}

func TestDoubleReleaseIsReported(t *testing.T) {
	var source atomic.Pointer[database]
	source.Store(new(database))
	g := Acquire(&source)
	c, again := g, g
	g.Release()
	g.Release() // the same variable: nothing
	reported(t, "Release of a Guard of which a copy has been released already", []string{"acquired", "released"}, func() { c.Release() })
	c.Release() // it is empty
	// Also when the slot and the object are another Guard's by now.
	other := Acquire(&source)
	reported(t, "Release of a Guard of which a copy has been released already", []string{"acquired", "released"}, func() { again.Release() })
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
	// Its next owner may retire it again.
	d = NewDomain(Config{})
	RetireIn(d, p, 0, unmap)
	closeDomain(t, d)
}

func TestRetireOfWhatIsReachableIsReported(t *testing.T) {
	reports := catchReports(t)
	d := NewDomain(Config{})
	var source atomic.Pointer[database]
	source.Store(new(database))
	g := Acquire(&source)
	reachable(t, reports, func() { RetireIn(d, g.Ptr(), 0, unmap) })
	g.Release()

	// What a Pointer has is reported until it has something else.
	q := NewPointer(PointerConfig[database]{Reclaim: unmap, Domain: d}, new(database))
	h := NewHolder[database]()
	defer h.Close()
	old := q.Protect(h)
	reachable(t, reports, func() { RetireIn(d, old, 0, unmap) })
	q.source.Store(nil)
	h.Clear()
	closeDomain(t, d)
}

type node struct {
	next atomic.Pointer[node]
	_    [5]int
}

func endNode(*node) {}

// pair returns a list of two nodes, of which the second was read.
func pair(head *atomic.Pointer[node]) (first, second *node) {
	first, second = new(node), new(node)
	head.Store(first)
	first.next.Store(second)
	g := Acquire(&first.next)
	g.Release()
	return first, second
}

// What points to an object from a node that has ended does not count: no
// goroutine can come from there.
func TestRetireOfWhatAnEndedNodePointsTo(t *testing.T) {
	reports := catchReports(t)
	d := NewDomain(Config{})
	var head atomic.Pointer[node]
	_, second := pair(&head)
	head.Store(nil)
	reachable(t, reports, func() { RetireIn(d, second, 0, endNode) })

	first, second := pair(&head)
	head.Store(nil)
	RetireIn(d, first, 0, endNode)
	if err := d.Barrier(litmus.Context(t)); err != nil {
		t.Fatal(err)
	}
	RetireIn(d, second, 0, endNode)

	first, second = pair(&head)
	head.Store(nil)
	if err := Synchronize(litmus.Context(t), first); err != nil {
		t.Fatal(err)
	}
	RetireIn(d, second, 0, endNode)

	// A structure ends what it consists of in its reclaim function.
	type table struct{ buckets []atomic.Pointer[node] }
	var current atomic.Pointer[table]
	t1 := &table{buckets: make([]atomic.Pointer[node], 4)}
	for i := range t1.buckets {
		t1.buckets[i].Store(new(node))
		g := Acquire(&t1.buckets[i])
		g.Release()
	}
	current.Store(t1)
	RetireIn(d, current.Swap(nil), 0, func(t *table) {
		for i := range t.buckets {
			RetireIn(d, t.buckets[i].Load(), 0, endNode)
		}
	})
	// A struct and its first field are two objects at one address.
	type session struct {
		conn database
		_    int
	}
	s := new(session)
	RetireIn(d, s, 0, func(*session) {})
	RetireIn(d, &s.conn, 0, unmap) //hazptrvet:ignore the two have reclaim functions of their own
	closeDomain(t, d)
	for len(reports) > 0 {
		if text := <-reports; strings.Contains(text, "can still load") {
			t.Error(text)
		}
	}
}

// A source that was garbage-collected has nothing, although its memory may look
// as before.
func TestRetireOfWhatACollectedSourceHad(t *testing.T) {
	reports := catchReports(t)
	d := NewDomain(Config{})
	type table struct {
		_     [1 << 16]byte // its memory is not used again soon
		entry atomic.Pointer[database]
	}
	object := new(database)
	load := func() (w weak.Pointer[table]) {
		source := new(table)
		source.entry.Store(object)
		g := Acquire(&source.entry)
		g.Release()
		return weak.Make(source)
	}
	source := load()
	litmus.Eventually(t, "the source is collected", func() bool { runtime.GC(); return source.Value() == nil })
	RetireIn(d, object, 0, unmap)
	closeDomain(t, d)
	for len(reports) > 0 {
		if text := <-reports; strings.Contains(text, "can still load") {
			t.Error(text)
		}
	}
}

// What is not Go's memory can be a source, as can a global variable.
func TestRetireOfWhatAForeignSourceHas(t *testing.T) {
	reports := catchReports(t)
	d := NewDomain(Config{})
	foreign, free := foreignSource(t)
	for _, source := range []*atomic.Pointer[database]{&globalSource, foreign} {
		for range 2 {
			object := new(database)
			source.Store(object)
			g := Acquire(source)
			g.Release()
			reachable(t, reports, func() { RetireIn(d, object, 0, unmap) })
			source.Store(nil)
		}
	}
	object := new(database)
	foreign.Store(object)
	g := Acquire(foreign)
	g.Release()
	free()
	RetireIn(d, object, 0, unmap)
	closeDomain(t, d)
}

var globalSource atomic.Pointer[database]

// leaked returns the next report of something that was forgotten.
func leaked(t *testing.T, reports chan string, what string, events ...string) string {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		runtime.GC()
		select {
		case text := <-reports:
			// Another test's leak may come late.
			if strings.Contains(text, what) {
				checkReport(t, text, what, events)
				return text
			}
		default:
		}
	}
	t.Fatalf("%q is not reported", what)
	return ""
}

// line returns the name of this file and the line that calls it.
func line() string {
	_, file, n, _ := runtime.Caller(1)
	return fmt.Sprintf("%s:%d\n", filepath.Base(file), n)
}

// A Guard variable is acquired anew, and the first object stays. The report has
// the line that acquired the one which was lost.
func TestGuardThatIsAcquiredAnewIsReported(t *testing.T) {
	reports := catchReports(t)
	p := NewPointer(PointerConfig[database]{Reclaim: unmap}, new(database))
	lost := func(acquire func() (g Guard[database], at string)) {
		t.Helper()
		var first Guard[database] // without its record
		var at string
		func() {
			var g Guard[database]
			g, at = acquire()
			defer g.Release()
			g.Ptr()
			first = Guard[database]{p: g.p, slot: g.slot, turn: g.turn}
			g = p.Acquire()
		}()
		text := leaked(t, reports, "a Guard was forgotten, and is never released", "acquired", "last used")
		acquired, _, _ := strings.Cut(text, "last used:")
		if !strings.Contains(acquired, at) {
			t.Errorf("the report does not tell of %s%s", at, text)
		}
		first.slot.Release(uintptr(unsafe.Pointer(first.p)), first.turn)
	}
	lost(func() (Guard[database], string) { return p.Acquire(), line() })
	lost(func() (Guard[database], string) { return Acquire(&p.source), line() })
	g := p.Acquire()
	defer g.Release()
	lost(func() (Guard[database], string) { return g.Share(), line() })
	lost(func() (Guard[database], string) { return Keep(g.Ptr()), line() })
}

func TestLeaksAreReported(t *testing.T) {
	reports := catchReports(t)
	var source atomic.Pointer[database]
	source.Store(new(database))
	var guard *hazard.GuardSlot
	func() {
		g := Acquire(&source)
		guard = g.slot
		g.Ptr()
	}()
	leaked(t, reports, "a Guard was forgotten, and is never released", "acquired", "last used")
	fence.Release(&guard.Hazard, 0)
	var holder *hazard.Slot
	func() {
		h := NewHolder[database]()
		holder = h.slot
		h.Protect(&source)
	}()
	leaked(t, reports, "a Holder was forgotten without Close while it protected something", "made", "last protected something else than before")
	fence.Release(&holder.Hazard, 0)
	func() {
		h := NewHolder[database]()
		h.Protect(&source)
		h.Clear()
	}()
	leaked(t, reports, "a Holder was forgotten without Close\n", "made", "last protected something else than before")
}

package mortal

import (
	"runtime/debug"
	"strings"
	"testing"
	"unsafe"
)

func newPool(t *testing.T, objects int) *Pool {
	p, err := NewPool(objects)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// fault returns the address at which f faults, or 0.
func fault(f func()) (address uintptr) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if at, ok := recover().(interface{ Addr() uintptr }); ok {
			address = at.Addr()
		}
	}()
	f()
	return 0
}

func TestEndedObjectFaults(t *testing.T) {
	if !inaccessible {
		t.Skip("pages cannot be made inaccessible here")
	}
	p := newPool(t, 2)
	o := p.New(false)
	if said := o.Check(); said != "" || o.Age() != 0 {
		t.Fatalf("a new object of age %d: %s", o.Age(), said)
	}
	if said := p.End(o); said != "" {
		t.Fatal(said)
	}
	at := fault(func() { o.Check() })
	if at != uintptr(unsafe.Pointer(o)) {
		t.Fatalf("a read of an ended object at %p faults at %#x", o, at)
	}
	if said := p.Describe(at); !strings.HasSuffix(said, "word 0 of page 0, object 1, which has ended") {
		t.Error(said)
	}
	if fault(func() { o.Next.Store(nil) }) == 0 {
		t.Error("a write does not")
	}
	if at := fault(func() { p.End(o) }); at == 0 {
		t.Error("ending it again does not")
	}
}

func TestPagesAreUsedAgain(t *testing.T) {
	p := newPool(t, 3)
	a, b, c := p.New(false), p.New(false), p.New(true)
	if a == nil || b == nil || c == nil || p.New(false) != nil || p.Alive() != 3 {
		t.Fatal("a pool of three has", p.Alive())
	}
	p.End(b)
	p.End(a)
	if again := p.New(true); again != a {
		t.Errorf("the last to end was %p, the next to begin is %p", a, again)
	} else if again.Check() != "" || again.Life() != 4 {
		t.Errorf("life %d: %s", again.Life(), again.Check())
	}
	if next := p.New(false); next != b {
		t.Errorf("the first to end was %p, the next to begin is %p", b, next)
	}
	if p.Begun() != 5 {
		t.Errorf("%d have begun", p.Begun())
	}
}

func TestCheck(t *testing.T) {
	p := newPool(t, 1)
	o := p.New(false)
	o.middle++
	if said := o.Check(); !strings.Contains(said, "don't belong together") {
		t.Error(said)
	}
	o.tail = Poison
	if said := o.Check(); !strings.Contains(said, "has ended") {
		t.Error(said)
	}
}

func TestReaders(t *testing.T) {
	p := newPool(t, 1)
	o := p.New(false)
	letters := make(map[int]uint64)
	said := func() string { return o.Readers(func(reader int, number uint64) { letters[reader] = number }) }
	o.Enter(3)
	if got := said(); got != "reader 3 has begun 1 protections and ended 0" {
		t.Error(got)
	}
	o.Detach()
	o.Leave(3, 7)
	if got := said(); !strings.HasPrefix(got, "1 protections that were handed") {
		t.Error(got)
	}
	o.Attached()
	if got := said(); got != "" || len(letters) != 1 || letters[3] != 7 {
		t.Error(got, letters)
	}
}

func TestForeignObject(t *testing.T) {
	p, other := newPool(t, 1), newPool(t, 1)
	if said := p.End(other.New(false)); !strings.Contains(said, "none of the pool's") {
		t.Error(said)
	}
}

func TestWarm(t *testing.T) {
	p := newPool(t, 2*leastWarm)
	for range 3 * leastWarm {
		o := p.NewWarm()
		if said := o.Check(); said != "" || o.Age() != 0 {
			t.Fatalf("a new object of age %d: %s", o.Age(), said)
		}
		if said := p.End(o); said != "" {
			t.Fatal(said)
		}
		if said := o.Check(); !strings.Contains(said, "has ended") {
			t.Fatalf("the words of an object that has ended: %s", said)
		}
	}
	if p.Alive() != 0 || len(p.warm) != leastWarm || p.n != leastWarm {
		t.Errorf("%d are alive, %d pages are warm and %d free", p.Alive(), len(p.warm), p.n)
	}
}

// Objects that end Warm leave no other without a page.
func TestWarmPagesComeBack(t *testing.T) {
	p := newPool(t, 2*leastWarm)
	var all []*Object
	for o := p.NewWarm(); o != nil; o = p.NewWarm() {
		all = append(all, o)
	}
	for _, o := range all {
		p.End(o)
	}
	o := p.New(false)
	if o == nil {
		t.Fatal("no page for an object although none is in use")
	}
	if said := o.Check(); said != "" || o.Age() != 0 || p.End(o) != "" || len(p.warm) != 2*leastWarm-1 || p.n != 1 {
		t.Errorf("%s; %d pages are warm, %d free", said, len(p.warm), p.n)
	}
}

package hazptr

import (
	"context"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hazptr/internal/litmus"
)

type database struct{ _ [100]byte }

func unmap(*database) {}

// An object that is protected for too long is reported, and again when its age
// has doubled; what nothing protects any more is not.
func TestStallOfAProtectedObject(t *testing.T) {
	stalls := make(chan Stall, 100)
	d := NewDomain(Config{Name: "editions", StallAfter: 5 * time.Millisecond, OnStall: func(s Stall) { stalls <- s }})
	var source atomic.Pointer[database]
	source.Store(new(database))
	first, second := Acquire(&source), Acquire(&source)
	address := addressOf(first.Ptr())
	RetireIn(d, source.Swap(nil), 4096, unmap)
	RetireIn(d, new(database), 0, unmap)
	age := time.Duration(0)
	for range 3 {
		s := <-stalls
		want := Stall{Domain: "editions", Type: "*hazptr.database", Address: address, Bytes: 4096, Age: s.Age, Hazards: 2}
		if s.Type != want.Type || s.Domain != want.Domain || s.Address != address || s.Bytes != 4096 || s.Hazards != 2 || s.Reclaim != "" || len(s.Acquired) != 0 {
			t.Fatalf("%+v, want %+v", s, want)
		}
		if s.Age < 5*time.Millisecond || s.Age < 2*age {
			t.Errorf("reported at %v after %v", s.Age, age)
		}
		age = s.Age
		if text := s.String(); !strings.Contains(text, `*hazptr.database at 0x`) || !strings.Contains(text, `domain "editions"`) || !strings.Contains(text, "hold it: 2") {
			t.Error(text)
		}
	}
	if n := d.Stats().Stalls; n < 3 {
		t.Errorf("Stats tells of %d stalls", n)
	}
	first.Release()
	second.Release()
	closeDomain(t, d)
	litmus.Eventually(t, "no goroutine is left", func() bool { return goroutines(own) == 0 })
}

// A reclaim function that does not return is reported by name, with what waits
// behind it.
func TestStallOfAReclaimFunction(t *testing.T) {
	stalls := make(chan Stall, 100)
	d := NewDomain(Config{Workers: 1, StallAfter: 5 * time.Millisecond, OnStall: func(s Stall) { stalls <- s }})
	release := make(chan struct{})
	p := new(database)
	RetireIn(d, p, 7, func(*database) { <-release })
	for range 10 {
		RetireIn(d, new(database), 0, unmap)
	}
	litmus.Eventually(t, "all wait for the worker", func() bool { return d.Stats().Blocked == 11 })
	for range 2 {
		s := <-stalls
		for s.Behind < 10 {
			s = <-stalls // of before
		}
		if s.Type != "*hazptr.database" || s.Address != addressOf(p) || s.Bytes != 7 || s.Hazards != 0 || s.Behind != 10 ||
			!strings.Contains(s.Reclaim, "hazptr.TestStallOfAReclaimFunction.func") || !strings.Contains(s.Reclaim, "stall_test.go:") {
			t.Fatalf("%+v", s)
		}
		if text := s.String(); !strings.Contains(text, "has not returned, 10 objects wait behind it") {
			t.Error(text)
		}
	}
	close(release)
	closeDomain(t, d)
	litmus.Eventually(t, "no goroutine is left", func() bool { return goroutines(own) == 0 })
}

// A hook that blocks holds up neither reclaim nor Close.
func TestStallHookMayBlock(t *testing.T) {
	release := make(chan struct{})
	told := make(chan struct{}, 1)
	d := NewDomain(Config{StallAfter: time.Millisecond, OnStall: func(Stall) {
		select {
		case told <- struct{}{}:
		default:
		}
		<-release
	}})
	var source atomic.Pointer[database]
	source.Store(new(database))
	g := Acquire(&source)
	RetireIn(d, source.Swap(nil), 0, unmap)
	<-told
	for range 1000 {
		RetireIn(d, new(database), 0, unmap)
	}
	if err := d.Flush(litmus.Context(t)); err != nil {
		t.Fatal(err)
	}
	g.Release()
	litmus.Eventually(t, "all are reclaimed", func() bool { return d.Stats().Pending == 0 })
	if err := d.Close(litmus.Expiring(t, time.Millisecond)); err == nil || !strings.Contains(err.Error(), "the report of a stall has not returned") {
		t.Errorf("Close while a report is being made: %v", err)
	}
	close(release)
	closeDomain(t, d)
}

// A hook that closes its domain would wait for itself.
func TestCloseInOnStall(t *testing.T) {
	told := make(chan any, 1)
	var d *Domain
	d = NewDomain(Config{Name: "hook", StallAfter: time.Millisecond, OnStall: func(Stall) {
		defer func() {
			select {
			case told <- recover():
			default:
			}
		}()
		d.Close(context.Background())
	}})
	var source atomic.Pointer[database]
	source.Store(new(database))
	g := Acquire(&source)
	RetireIn(d, source.Swap(nil), 0, unmap)
	if text, _ := (<-told).(string); !strings.Contains(text, `Close of domain "hook" in the report of a stall`) {
		t.Errorf("it said %q", text)
	}
	g.Release()
	closeDomain(t, d)
}

// A hook that panics with nil ends the program.
func TestPanicOfOnStallEndsTheProgram(t *testing.T) {
	const alone = "HAZPTR_TEST_ALONE"
	if os.Getenv(alone) == "" {
		t.Setenv("GODEBUG", "panicnil=1")
		if out, err := litmus.Again(t, alone); err == nil || !strings.Contains(out, "panic: nil") {
			t.Fatalf("%v\n%.2000s", err, out)
		}
		return
	}
	d := NewDomain(Config{StallAfter: time.Millisecond, OnStall: func(Stall) { panic(nil) }})
	var source atomic.Pointer[database]
	source.Store(new(database))
	g := Acquire(&source)
	defer g.Release()
	RetireIn(d, source.Swap(nil), 0, unmap)
	time.Sleep(litmus.Soon)
}

// A hook that calls runtime.Goexit does not end the reports, and loses none.
func TestOnStallMayGoexit(t *testing.T) {
	calls := make(chan uintptr, 10000)
	d := NewDomain(Config{StallAfter: time.Millisecond, OnStall: func(s Stall) {
		calls <- s.Address
		runtime.Goexit()
	}})
	addresses := map[uintptr]bool{}
	guards := make([]Guard[database], 20)
	for i := range guards {
		var source atomic.Pointer[database]
		source.Store(new(database))
		guards[i] = Acquire(&source)
		p := source.Swap(nil)
		addresses[addressOf(p)] = true
		RetireIn(d, p, 0, unmap)
	}
	for len(addresses) > 0 {
		delete(addresses, <-calls)
	}
	for i := range guards {
		guards[i].Release()
	}
	closeDomain(t, d)
	if n := d.Stats().Stalls; len(calls)+len(guards) > int(n) {
		t.Errorf("%d calls are left of %d reports", len(calls), n)
	}
}

func TestStallIsLogged(t *testing.T) {
	out := litmus.Logged(t)
	logStall(Stall{Domain: "a", Type: "*b", Address: 0xc0, Bytes: 1, Age: time.Second, Hazards: 2, Acquired: []string{"main.f (f.go:1)"}})
	logStall(Stall{Domain: "a", Type: "*b", Age: time.Second, Reclaim: "main.g (g.go:2)", Behind: 3})
	for _, want := range []string{
		"level=WARN", "is still protected: is a Guard not released", "has not returned: does it block?", "stall.domain=a", "stall.type=*b", "stall.address=0xc0", "stall.bytes=1", "stall.age=1s", "stall.hazards=2", "main.f (f.go:1)",
		`stall.reclaim="main.g (g.go:2)"`, "stall.behind=3",
	} {
		if !out.Has(want) {
			t.Errorf("%q is missing in\n%s", want, out)
		}
	}
}

// What is logged tells what to do, and where to look if that is not known.
func TestStallTellsWhatToDo(t *testing.T) {
	const protected = "hazptr: a retired object is still protected: is a Guard not released, a Holder not cleared, or a reader slow?"
	for _, test := range []struct {
		stall  Stall
		traced bool
		want   string
	}{
		{Stall{Hazards: 1}, false, protected + " To see where it was acquired, call hazptr.NewDomain(hazptr.Config{Trace: true}) when the program starts."},
		{Stall{Hazards: 1}, true, protected + " Where it was acquired is not known: Config.Trace remembers one Guard in 16, and all of them with -tags hazptr_debug."},
		{Stall{Hazards: 1, Acquired: []string{"main.f (f.go:1)"}}, true, protected + " See where it was acquired."},
		{Stall{Reclaim: "main.g (g.go:2)"}, false, "hazptr: the reclaim function of a retired object has not returned: does it block?"},
		{Stall{}, false, "hazptr: a retired object waits for a worker: do all reclaim functions block?"},
	} {
		if got := test.stall.advice(test.traced); got != test.want {
			t.Errorf("%+v: %q, want %q", test.stall, got, test.want)
		}
	}
}

// A Domain with Trace has the reports of another one, such as Default, tell
// where.
func TestTraceOfAnotherDomain(t *testing.T) {
	stalls := make(chan Stall, 1000)
	traces := NewDomain(Config{Trace: true})
	d := NewDomain(Config{StallAfter: time.Millisecond, OnStall: func(s Stall) { stalls <- s }})
	var source atomic.Pointer[database]
	source.Store(new(database))
	guards := make([]Guard[database], 256) // one in 16 is traced
	for i := range guards {
		guards[i] = Acquire(&source)
		for range i % 16 { // the slots' turns differ
			g := Acquire(&source)
			g.Release()
		}
	}
	RetireIn(d, source.Swap(nil), 0, unmap)
	if s := <-stalls; len(s.Acquired) == 0 {
		t.Errorf("%+v", s)
	}
	for i := range guards {
		guards[i].Release()
	}
	closeDomain(t, d)
	closeDomain(t, traces)
}

// Reports begin and end while a reader stays, also where none were configured
// and no goroutine of the domain is there.
func TestReportStalls(t *testing.T) {
	d := NewDomain(Config{Name: "later"})
	var source atomic.Pointer[object]
	source.Store(new(object))
	g := Acquire(&source)
	RetireIn(d, source.Swap(nil), 0, func(*object) {})
	if err := d.Flush(litmus.Context(t)); err != nil {
		t.Fatal(err)
	}
	stalls := make(chan Stall, 1000)
	d.ReportStalls(5*time.Millisecond, func(s Stall) { stalls <- s })
	if s := <-stalls; s.Domain != "later" || s.Hazards != 1 {
		t.Errorf("%+v", s)
	}
	if after := d.Config().StallAfter; after != 5*time.Millisecond {
		t.Errorf("Config has StallAfter %v", after)
	}
	d.ReportStalls(0, nil)
	time.Sleep(20 * time.Millisecond) // what was on its way
	for len(stalls) > 0 {
		<-stalls
	}
	time.Sleep(100 * time.Millisecond)
	if len(stalls) > 0 {
		t.Error("a report after ReportStalls(0)")
	}
	litmus.MustPanic(t, "ReportStalls after -1ns, want 0 or more", func() { d.ReportStalls(-1, nil) })
	g.Release()
	closeDomain(t, d)
	d.ReportStalls(time.Millisecond, nil) // nothing: the domain is closed
	if after := Default().Config().StallAfter; after != time.Minute {
		t.Errorf("Default reports after %v", after)
	}
}

package hazptr

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hazptr/internal/litmus"
)

type database struct{ _ [100]byte }

func unmap(*database) {}

// An object that is protected for too long is reported, and again when its age has doubled; what nothing protects any more is not.
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
	eventually(t, "no goroutine is left", func() bool { return goroutines() == 0 })
}

// A reclaim function that does not return is reported by name, with what waits behind it.
func TestStallOfAReclaimFunction(t *testing.T) {
	stalls := make(chan Stall, 100)
	d := NewDomain(Config{Workers: 1, StallAfter: 5 * time.Millisecond, OnStall: func(s Stall) { stalls <- s }})
	release := make(chan struct{})
	p := new(database)
	d.state.Store(awake) // until all are in the queue
	RetireIn(d, p, 7, func(*database) { <-release })
	for range 10 {
		RetireIn(d, new(database), 0, unmap)
	}
	d.state.Store(asleep)
	d.rouse()
	for range 2 {
		s := <-stalls
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
	eventually(t, "no goroutine is left", func() bool { return goroutines() == 0 })
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
	if err := d.Flush(soonContext(t)); err != nil {
		t.Fatal(err)
	}
	g.Release()
	eventually(t, "all are reclaimed", func() bool { return d.pending() == 0 })
	if err := d.Close(expiredContext(t, time.Millisecond)); err == nil || !strings.Contains(err.Error(), "OnStall has not returned") {
		t.Errorf("Close while a report is being made: %v", err)
	}
	close(release)
	closeDomain(t, d)
}

// After Close has returned no report begins, and none is running.
func TestNoStallIsReportedAfterClose(t *testing.T) {
	for range 20 {
		var closed, late atomic.Bool
		d := NewDomain(Config{StallAfter: time.Millisecond, OnStall: func(Stall) {
			for range 100 {
				runtime.Gosched()
				if closed.Load() {
					late.Store(true)
				}
			}
		}})
		guards := make([]Guard[database], 20)
		for i := range guards {
			var source atomic.Pointer[database]
			source.Store(new(database))
			guards[i] = Acquire(&source)
			RetireIn(d, source.Swap(nil), 0, unmap)
		}
		eventually(t, "a stall", func() bool { return d.Stats().Stalls > 0 })
		for i := range guards {
			guards[i].Release()
		}
		closeDomain(t, d)
		closed.Store(true)
		d.mu.Lock()
		telling := d.reports.telling || d.reports.goroutine != 0 // another goroutine may have that number by now
		d.mu.Unlock()
		if telling || late.Load() {
			t.Fatal("a report is made after Close has returned")
		}
	}
}

// Nor is one begun, for an object whose Retire has found the domain open and
// goes on after Close.
func TestNoStallIsReportedForARetireBesideClose(t *testing.T) {
	var calls atomic.Int64
	d := NewDomain(Config{StallAfter: time.Millisecond, OnStall: func(Stall) { calls.Add(1) }})
	closeDomain(t, d)
	var source atomic.Pointer[database]
	source.Store(new(database))
	g := Acquire(&source)
	d.open.Store(true) // so the Retire has found it
	RetireIn(d, source.Swap(nil), 0, unmap)
	d.open.Store(false)
	eventually(t, "a stall", func() bool { return d.Stats().Stalls > 0 })
	g.Release()
	eventually(t, "it is reclaimed", func() bool { return d.pending() == 0 })
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.reports.telling || calls.Load() > 0 {
		t.Errorf("%d reports of a closed domain", calls.Load())
	}
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
	if text, _ := (<-told).(string); !strings.Contains(text, `Close of domain "hook" in its Config.OnStall`) {
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
		if out, err := again(t, alone); err == nil || !strings.Contains(out, "panic: nil") {
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
	time.Sleep(soon)
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
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(calls)+len(guards) > int(d.reports.n) {
		t.Errorf("%d calls are left of %d reports", len(calls), d.reports.n)
	}
}

func TestStallIsLogged(t *testing.T) {
	var out bytes.Buffer
	before := slog.Default()
	defer slog.SetDefault(before)
	slog.SetDefault(slog.New(slog.NewTextHandler(&out, nil)))
	logStall(Stall{Domain: "a", Type: "*b", Address: 0xc0, Bytes: 1, Age: time.Second, Hazards: 2, Acquired: []string{"main.f (f.go:1)"}})
	logStall(Stall{Domain: "a", Type: "*b", Age: time.Second, Reclaim: "main.g (g.go:2)", Behind: 3})
	for _, want := range []string{
		"level=WARN", "stall.domain=a", "stall.type=*b", "stall.address=0xc0", "stall.bytes=1", "stall.age=1s", "stall.hazards=2", "main.f (f.go:1)",
		`stall.reclaim="main.g (g.go:2)"`, "stall.behind=3",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in\n%s", want, out.String())
		}
	}
}

// A reclaim function that has returned is not said to run when its worker is kept from the next one.
func TestNoStallOfWhatHasReturned(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	type timed struct{ ended, _ int64 }
	var mu sync.Mutex
	var stalls []Stall
	d := NewDomain(Config{Workers: 1, StallAfter: 4 * time.Millisecond, OnStall: func(s Stall) {
		mu.Lock()
		defer mu.Unlock()
		stalls = append(stalls, s)
	}})
	var stop atomic.Bool
	var busy sync.WaitGroup
	for range 6 {
		busy.Go(func() { litmus.Busy(&stop) })
	}
	objects := make(map[uintptr]*timed)
	d.state.Store(awake) // until all are in the queue
	for range 400 {
		o := new(timed)
		objects[addressOf(o)] = o
		RetireIn(d, o, 0, func(o *timed) {
			for begun := time.Now(); time.Since(begun) < 100*time.Microsecond; {
			}
			atomic.StoreInt64(&o.ended, d.clock())
		})
	}
	d.scanner.passing.Lock()
	d.scanner.pass(false)
	d.scanner.passing.Unlock()
	d.mu.Lock()
	round := d.rounds.last
	d.mu.Unlock()
	d.state.Store(asleep)
	d.rouse()
	eventually(t, "all are reclaimed", func() bool { return d.pending() == 0 })
	stop.Store(true)
	busy.Wait()
	closeDomain(t, d)
	mu.Lock()
	defer mu.Unlock()
	for _, s := range stalls {
		if told, o := round+int64(s.Age), objects[s.Address]; o == nil || atomic.LoadInt64(&o.ended) < told-int64(time.Millisecond) {
			t.Errorf("%v, which had returned", s)
		}
	}
}

// The hook is called by one goroutine at a time, also when reports come while the last one returns.
func TestOnStallIsCalledOneAtATime(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(8))
	var inside, together, calls atomic.Int64
	d := NewDomain(Config{OnStall: func(Stall) {
		if inside.Add(1) > 1 {
			together.Add(1)
		}
		calls.Add(1)
		for range 10 {
			runtime.Gosched()
		}
		inside.Add(-1)
	}})
	var wg sync.WaitGroup
	end := time.Now().Add(time.Second)
	for range 4 {
		wg.Go(func() {
			for time.Now().Before(end) {
				d.mu.Lock()
				if !d.reports.telling {
					d.reports.add([]Stall{{}})
				}
				d.mu.Unlock()
			}
		})
	}
	wg.Wait()
	if together.Load() > 0 || calls.Load() == 0 {
		t.Errorf("%d of %d calls came while another one ran", together.Load(), calls.Load())
	}
}

// Nobody rests for an object that has been reclaimed.
func TestNoRestForNothing(t *testing.T) {
	d := NewDomain(Config{StallAfter: time.Hour, FlushInterval: 1})
	end := time.Now().Add(time.Second)
	if testing.Short() {
		end = time.Now().Add(300 * time.Millisecond)
	}
	for i := 0; time.Now().Before(end); i++ {
		done := make(chan struct{})
		RetireIn(d, new(int), 0, func(*int) {
			for range i * 7 % 20_000 {
				sink++
			}
			close(done)
		})
		<-done
		eventually(t, "the scanner sleeps", func() bool { return d.state.Load() == asleep && d.pending() == 0 })
	}
	closeDomain(t, d)
}

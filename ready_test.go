package hazptr

import (
	"cmp"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"weak"

	"hazptr/internal/litmus"
)

// again runs only the test that calls it, in a process of its own with the variable set, and returns its output.
func again(t *testing.T, variable string) (string, error) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run", "^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), variable+"=1")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// When a function of the user's panics the program ends, with nil too, and calls
// no others on its way.
func TestPanicOfAReclaimFunctionEndsTheProgram(t *testing.T) {
	const alone = "HAZPTR_TEST_ALONE"
	if os.Getenv(alone) == "" {
		t.Setenv("GODEBUG", "panicnil=1")
		for range 5 {
			for _, value := range []string{"on purpose", ""} {
				t.Setenv("HAZPTR_TEST_PANIC", value)
				out, err := again(t, alone)
				_, after, _ := strings.Cut(out, "panicking\n")
				if err == nil || !strings.Contains(after, "panic: "+cmp.Or(value, "nil")) || strings.Contains(after, "another") ||
					!strings.Contains(out, t.Name()+".func") { // where it panicked, in the traceback
					t.Fatalf("panic(%q): %v\n%.2000s", value, err, out)
				}
			}
		}
		return
	}
	d := NewDomain(Config{Workers: 1})
	d.state.Store(awake) // until all are in the queue
	RetireIn(d, new(int), 0, func(*int) {
		os.Stdout.WriteString("panicking\n")
		if text := os.Getenv("HAZPTR_TEST_PANIC"); text != "" {
			panic(text)
		}
		panic(nil)
	})
	for range 100 { // some of them may come first: there is a queue for each P
		RetireIn(d, new(int), 0, func(*int) { os.Stdout.WriteString("another\n") })
	}
	d.scanner.pass(false)
	time.Sleep(soon)
}

// calledBy reports whether the function of this name, or so far as it is given, is on the caller's stack.
func calledBy(name string) bool {
	stack := make([]byte, 1<<16)
	return strings.Contains(string(stack[:runtime.Stack(stack, false)]), name)
}

// letWork lets a domain that had no workers have one.
func letWork(d *Domain) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ready.limit = 1
	d.ready.start()
}

// With ReclaimInline those who retire reclaim, too, and the bound holds without anybody else: here there are no workers.
func TestReclaimInline(t *testing.T) {
	d := NewDomain(Config{ReclaimInline: true, Workers: 1, MaxPending: 1000})
	d.ready.limit = 0
	var inline, others atomic.Int64
	most := int64(0)
	for range 10_000 {
		RetireIn(d, new(int), 0, func(*int) {
			if calledBy("hazptr.TestReclaimInline(") {
				inline.Add(1)
			} else {
				others.Add(1)
			}
		})
		most = max(most, d.Stats().Pending)
	}
	if n := inline.Load(); n < 9_000 || others.Load() > 0 || most > 1000 {
		t.Errorf("%d were reclaimed inline, %d not; %d were pending", n, others.Load(), most)
	}
	letWork(d)
	closeDomain(t, d)
	if n := inline.Load() + others.Load(); n != 10_000 {
		t.Errorf("%d were reclaimed", n)
	}
	eventually(t, "no goroutine is left", func() bool { return goroutines() == 0 })
}

// A reclaim function that panics inline does so in the caller of Retire; nothing is lost. One that retires reclaims nothing inline itself.
func TestReclaimInlineThatPanicsAndRetires(t *testing.T) {
	d := NewDomain(Config{ReclaimInline: true, Workers: 1, MaxPending: 100})
	d.ready.limit = 0
	var reclaimed, depth, deepest, panics atomic.Int64
	const n = 5000
	for i := range n {
		func() {
			defer func() {
				if r := recover(); r != nil {
					if r != "on purpose" {
						panic(r)
					}
					panics.Add(1)
				}
			}()
			RetireIn(d, new(int), 0, func(*int) {
				reclaimed.Add(1)
				deepest.Store(max(deepest.Load(), depth.Add(1)))
				defer depth.Add(-1)
				if i == 500 {
					panic("on purpose")
				}
				RetireIn(d, new(int), 0, func(*int) { reclaimed.Add(1) })
			})
		}()
	}
	if panics.Load() != 1 || deepest.Load() > 2 { // two: the caller, and the goroutine that goes on after the panic
		t.Errorf("%d panics, %d reclaim functions at a time", panics.Load(), deepest.Load())
	}
	letWork(d)
	closeDomain(t, d)
	if got := reclaimed.Load(); got != 2*n-1 {
		t.Errorf("%d were reclaimed, want %d", got, 2*n-1)
	}
}

// Where a P is shared with those who don't yield, a worker's waiting for its turn is not taken for the time of reclaim functions, and its own turns become longer.
func TestYieldToThoseWhoDoNot(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	d := NewDomain(Config{})
	w := &worker{d: d, longest: maxRun, since: maxRun}
	var stop atomic.Bool
	go litmus.Busy(&stop)
	defer stop.Store(true)
	eventually(t, "the other one has its turn", func() bool {
		before := d.clock()
		w.yield()
		waited := time.Duration(d.clock() - before)
		if w.since != 0 || w.looked < before || w.yielded != w.looked {
			t.Fatalf("after %v: %+v", waited, w)
		}
		got := time.Duration(w.slice)
		if got < runTime || got > maxSlice || got > runTime && got > waited/slicePart {
			t.Fatalf("after %v a turn is of %v", waited, got)
		}
		return got > time.Millisecond
	})
}

// In a quiet domain what nothing protects is reclaimed inline, at once; what something protects, by the domain's goroutines.
func TestReclaimInlineInAQuietDomain(t *testing.T) {
	d := NewDomain(Config{ReclaimInline: true})
	for i := range 100 {
		eventually(t, "the domain is quiet", func() bool {
			d.mu.Lock()
			defer d.mu.Unlock()
			return d.state.Load() == asleep && d.ready.running() == 0 // after a panic, a worker of its own goes on
		})
		d.scanner.passing.Lock()
		d.scanner.last -= int64(time.Second) // the last scan was long ago
		d.scanner.passing.Unlock()
		reclaimed := false
		func() {
			defer func() {
				if r := recover(); (r != nil) != (i == 50) {
					t.Error(r)
				}
			}()
			RetireIn(d, new(int), 0, func(*int) {
				reclaimed = calledBy("hazptr.TestReclaimInlineInAQuietDomain(")
				if i == 50 {
					panic("on purpose")
				}
			})
		}()
		if !reclaimed {
			t.Fatal("not reclaimed inline")
		}
	}
	var source atomic.Pointer[int]
	source.Store(new(int))
	g := Acquire(&source)
	RetireIn(d, source.Swap(nil), 0, func(*int) {})
	eventually(t, "all others are reclaimed", func() bool { s := d.Stats(); return s.Pending == 1 && s.Holding == 1 })
	g.Release()
	closeDomain(t, d)
	eventually(t, "no goroutine is left", func() bool { return goroutines() == 0 })
}

// The same where it is bytes that there is no room for.
func TestReclaimInlineForBytesThatPanics(t *testing.T) {
	d := NewDomain(Config{ReclaimInline: true, MaxPendingBytes: 1000})
	d.ready.limit = 0
	panics := 0
	const n = 100
	for i := range n {
		func() {
			defer func() {
				if r := recover(); r != nil {
					panics++
				}
			}()
			RetireIn(d, new(int), 300, func(*int) {
				if i%10 == 0 {
					panic("on purpose")
				}
			})
		}()
	}
	letWork(d)
	closeDomain(t, d)
	if s := d.Stats(); panics != n/10 || s.Retired != n || s.RetiredBytes != 300*n || d.bound.pending.Load() != 0 {
		t.Errorf("%d panics, %d bytes in the account: %+v", panics, d.bound.pending.Load(), s)
	}
}

// A reclaim function that blocks inline holds up its caller, and nobody else.
func TestReclaimInlineThatBlocks(t *testing.T) {
	d := NewDomain(Config{ReclaimInline: true})
	release, called := make(chan struct{}), make(chan struct{})
	go RetireIn(d, new(int), 0, func(*int) {
		close(called)
		<-release
	})
	<-called
	for range 100 {
		done := make(chan struct{})
		RetireIn(d, new(int), 0, func(*int) { close(done) })
		select {
		case <-done:
		case <-time.After(soon):
			t.Fatal("a reclaim function that blocks inline holds up others")
		}
	}
	close(release)
	closeDomain(t, d)
}

// While an object is reclaimed inline its Retire has no pointer to it left: where the reclaim function unmaps it, and the heap takes the range, the collector would find that and throw.
func TestReclaimInlineLeavesNoPointer(t *testing.T) {
	for _, warm := range []bool{false, true} { // the first Retire on a P makes room, the next ones find it
		d := NewDomain(Config{ReclaimInline: true})
		if warm {
			for range 100 {
				RetireIn(d, new(int), 0, func(*int) {})
				runtime.Gosched()
			}
			eventually(t, "the domain is quiet", func() bool { return d.state.Load() == asleep && d.pending() == 0 })
			d.scanner.passing.Lock()
			d.scanner.last -= int64(time.Second)
			d.scanner.passing.Unlock()
		}
		inline, left := retireWatched(d)
		closeDomain(t, d)
		if inline && left || !warm && !inline {
			t.Errorf("warm %t: reclaimed inline: %t, a pointer is left: %t", warm, inline, left)
		}
	}
}

// retireWatched retires an object, and reports whether it is reclaimed inline and something points to it yet after its reclaim function's last use.
//
//go:noinline
func retireWatched(d *Domain) (inline, left bool) {
	done := make(chan struct{})
	RetireIn(d, new([4]int), 0, func(p *[4]int) {
		defer close(done)
		w := weak.Make(p)
		inline = calledBy("hazptr.retireWatched(")
		runtime.GC()
		left = w.Value() != nil
	})
	<-done
	return inline, left
}

// What a pass by a caller keeps has a scanner while that caller's reclaim functions block, also when the scanner was about to fall asleep.
func TestKeptByAnInlinePass(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	d := NewDomain(Config{ReclaimInline: true, MaxPending: 8})
	var source atomic.Pointer[int]
	source.Store(new(int))
	g := Acquire(&source)
	ended, release, called := make(chan struct{}), make(chan struct{}), make(chan struct{})
	d.state.Store(awake) // a scanner is, when these two are appended
	RetireIn(d, source.Swap(nil), 0, func(*int) { close(ended) })
	RetireIn(d, new(int), 0, func(*int) {
		close(called)
		<-release
	})
	d.scanner.passing.Lock()
	d.state.Store(asleep) // it falls asleep
	d.scanner.passing.Unlock()
	back := make(chan struct{})
	go func() {
		RetireIn(d, new(int), 0, func(*int) {}) // makes room: a pass, and reclaim
		close(back)
	}()
	<-called
	if d.scanner.wanted() {
		t.Fatal("something is in the queues") // [last look]
	}
	g.Release()
	select {
	case <-ended:
	case <-time.After(soon):
		t.Error("nobody looks at what was kept")
	}
	close(release)
	<-back
	closeDomain(t, d)
}

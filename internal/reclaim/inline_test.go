package reclaim

import (
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"weak"

	"hazptr/internal/litmus"
)

// calledBy reports whether the function of this name, or so far as it is given,
// is on the caller's stack.
func calledBy(name string) bool {
	stack := make([]byte, 1<<16)
	return strings.Contains(string(stack[:runtime.Stack(stack, false)]), name)
}

// letWork lets a domain that had no workers have one.
func letWork(d *Domain) {
	d.ledger.mu.Lock()
	defer d.ledger.mu.Unlock()
	d.ledger.crew.limit = 1
	d.ledger.startWorker()
}

// atWork returns how many workers a domain has.
func atWork(d *Domain) int {
	d.ledger.mu.Lock()
	defer d.ledger.mu.Unlock()
	return d.ledger.crew.running()
}

// With ReclaimInline the callers of Retire reclaim, too, and the bound holds
// without other goroutines: here there are no workers.
func TestReclaimInline(t *testing.T) {
	objects, bound := int64(10_000), int64(1000)
	if testing.Short() {
		objects, bound = 2000, 200
	}
	d := NewDomain(Config{ReclaimInline: true, Workers: 1, MaxPending: int(bound)})
	d.ledger.crew.limit = 0
	var inline, others atomic.Int64
	most := int64(0)
	for range objects {
		RetireIn(d, new(int), 0, func(*int) {
			if calledBy("reclaim.TestReclaimInline(") {
				inline.Add(1)
			} else {
				others.Add(1)
			}
		})
		most = max(most, d.Stats().Pending)
	}
	if n := inline.Load(); n < objects-bound || others.Load() > 0 || most > bound {
		t.Errorf("%d were reclaimed inline, %d not; %d were pending", n, others.Load(), most)
	}
	letWork(d)
	closeDomain(t, d)
	if n := inline.Load() + others.Load(); n != objects {
		t.Errorf("%d were reclaimed", n)
	}
	litmus.Eventually(t, "no goroutine is left", func() bool { return goroutines() == 0 })
}

// A reclaim function that panics inline does so in the caller of Retire;
// nothing is lost. One that retires reclaims nothing inline itself.
func TestReclaimInlineThatPanicsAndRetires(t *testing.T) {
	d := NewDomain(Config{ReclaimInline: true, Workers: 1, MaxPending: 100})
	d.ledger.crew.limit = 0
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
	// Two are the caller, and the goroutine that goes on after the panic.
	if panics.Load() != 1 || deepest.Load() > 2 {
		t.Errorf("%d panics, %d reclaim functions at a time", panics.Load(), deepest.Load())
	}
	letWork(d)
	closeDomain(t, d)
	if got := reclaimed.Load(); got != 2*n-1 {
		t.Errorf("%d were reclaimed, want %d", got, 2*n-1)
	}
}

// In a quiet domain what nothing protects is reclaimed inline, at once; what
// something protects, by the domain's goroutines.
func TestReclaimInlineInAQuietDomain(t *testing.T) {
	d := NewDomain(Config{ReclaimInline: true})
	for i := range 100 {
		litmus.Eventually(t, "the domain is quiet", func() bool {
			// After a panic, a goroutine of its own goes on.
			return d.bell.state.Load() == asleep && atWork(d) == 0
		})
		d.pass.turn.take()
		// The last scan was long ago.
		d.pass.budget.paid.Store(-int64(time.Hour))
		d.pass.unlock()
		reclaimed := false
		func() {
			defer func() {
				if r := recover(); (r != nil) != (i == 50) {
					t.Error(r)
				}
			}()
			RetireIn(d, new(int), 0, func(*int) {
				reclaimed = calledBy("reclaim.TestReclaimInlineInAQuietDomain(")
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
	litmus.Eventually(t, "all others are reclaimed", func() bool { s := d.Stats(); return s.Pending == 1 && s.Holding == 1 })
	g.Release()
	closeDomain(t, d)
	litmus.Eventually(t, "no goroutine is left", func() bool { return goroutines() == 0 })
}

// The same where it is bytes that there is no room for.
func TestReclaimInlineForBytesThatPanics(t *testing.T) {
	d := NewDomain(Config{ReclaimInline: true, MaxPendingBytes: 1000})
	d.ledger.crew.limit = 0
	panics := 0
	const n = 100
	for i := range n {
		litmus.Eventually(t, "the goroutine that goes on after a panic ends", func() bool { return atWork(d) == 0 })
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

// A reclaim function that blocks inline holds up its caller alone.
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
		case <-time.After(litmus.Soon):
			t.Fatal("a reclaim function that blocks inline holds up others")
		}
	}
	close(release)
	closeDomain(t, d)
}

// While an object is reclaimed inline its Retire has no pointer to it left:
// where the reclaim function unmaps it, and the heap takes the range, the
// collector would find that and throw.
func TestReclaimInlineLeavesNoPointer(t *testing.T) {
	// The first Retire on a P makes room. The next ones find it.
	for _, warm := range []bool{false, true} {
		d := NewDomain(Config{ReclaimInline: true})
		if warm {
			for range 100 {
				RetireIn(d, new(int), 0, func(*int) {})
				runtime.Gosched()
			}
			litmus.Eventually(t, "the domain is quiet", func() bool { return d.bell.state.Load() == asleep && d.pending() == 0 })
			d.pass.turn.take()
			d.pass.budget.paid.Store(-int64(time.Hour))
			d.pass.unlock()
		}
		inline, left := retireWatched(d)
		closeDomain(t, d)
		if inline && left || !warm && !inline {
			t.Errorf("warm %t: reclaimed inline: %t, a pointer is left: %t", warm, inline, left)
		}
	}
}

// retireWatched retires an object, and reports whether it is reclaimed inline
// and something points to it yet after its reclaim function's last use.
//
//go:noinline
func retireWatched(d *Domain) (inline, left bool) {
	done := make(chan struct{})
	RetireIn(d, new([4]int), 0, func(p *[4]int) {
		defer close(done)
		w := weak.Make(p)
		inline = calledBy("reclaim.retireWatched(")
		runtime.GC()
		left = w.Value() != nil
	})
	<-done
	return inline, left
}

// While the scanner rests, since it must look at a Holder's slot from time to
// time, callers of Retire make the passes.
func TestReclaimInlineBesideAScannerThatRests(t *testing.T) {
	d := NewDomain(Config{ReclaimInline: true})
	held := new(int)
	h := NewHolder[int]()
	h.Set(held)
	RetireIn(d, held, 0, func(*int) {})
	inline := 0
	for range 100 {
		litmus.Eventually(t, "the scanner rests", func() bool { return d.bell.state.Load() == resting })
		RetireIn(d, new(int), 0, func(*int) {
			if calledBy("reclaim.TestReclaimInlineBesideAScannerThatRests(") {
				inline++
			}
		})
		if err := d.Flush(litmus.Context(t)); err != nil {
			t.Fatal(err)
		}
	}
	if inline == 0 {
		t.Error("none was reclaimed inline")
	}
	h.Clear()
	h.Close()
	closeDomain(t, d)
}

// A pass beside a scanner that rests has no room for the object, so the scanner
// is woken.
func TestPassBesideWithoutRoom(t *testing.T) {
	d := NewDomain(Config{ReclaimInline: true})
	d.ledger.crew.limit = 0
	d.pass.limit = 4
	d.bell.state.Store(awake) // nothing is done yet
	held := new(int)
	h := NewHolder[int]()
	h.Set(held)
	RetireIn(d, held, 0, func(*int) {})
	for range d.pass.limit {
		RetireIn(d, new(int), 0, func(*int) {})
	}
	d.pass.run()
	d.bell.state.Store(resting)
	RetireIn(d, new(int), 0, func(*int) {})
	if !d.scanner.queued() || d.bell.state.Load() != awake {
		t.Errorf("queued: %t; the state of the bell is %d", d.scanner.queued(), d.bell.state.Load())
	}
	h.Clear()
	h.Close()
	go d.scanner.run()
	letWork(d)
	closeDomain(t, d)
}

// A pass beside a scanner that rests for long keeps an object in a Holder's
// slot, so the scanner's wait ends.
func TestPassBesideKeeps(t *testing.T) {
	d := NewDomain(Config{ReclaimInline: true, StallAfter: time.Hour})
	held := new(int)
	h := NewHolder[int]()
	h.Set(held)
	d.bell.state.Store(resting)
	RetireIn(d, held, 0, func(*int) {})
	if state := d.bell.state.Load(); state != resting || len(d.bell.wake) != 1 {
		t.Errorf("the state of the bell is %d, %d wake-ups", state, len(d.bell.wake))
	}
	h.Clear()
	h.Close()
	go d.scanner.watches()
	closeDomain(t, d)
}

// What a pass by a caller keeps has a scanner while that caller's reclaim
// functions block, also when the scanner was about to fall asleep.
func TestKeptByAnInlinePass(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	d := NewDomain(Config{ReclaimInline: true, MaxPending: 8})
	var source atomic.Pointer[int]
	source.Store(new(int))
	g := Acquire(&source)
	ended, release, called := make(chan struct{}), make(chan struct{}), make(chan struct{})
	d.bell.state.Store(awake) // a scanner is, when these two are appended
	RetireIn(d, source.Swap(nil), 0, func(*int) { close(ended) })
	RetireIn(d, new(int), 0, func(*int) {
		close(called)
		<-release
	})
	d.pass.turn.take()
	d.bell.state.Store(asleep) // it falls asleep
	d.pass.unlock()
	back := make(chan struct{})
	go func() {
		// It makes room: a pass, and reclaim.
		RetireIn(d, new(int), 0, func(*int) {})
		close(back)
	}()
	<-called
	if d.scanner.wanted() {
		t.Fatal("something is in the queues") // [last look]
	}
	g.Release()
	select {
	case <-ended:
	case <-time.After(litmus.Soon):
		t.Error("no goroutine looks at what was kept")
	}
	close(release)
	<-back
	closeDomain(t, d)
}

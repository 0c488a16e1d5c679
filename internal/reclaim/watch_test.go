package reclaim

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hazptr/internal/litmus"
)

// After Close has returned no report begins, and none is running.
func TestNoStallIsReportedAfterClose(t *testing.T) {
	for range 20 {
		var closed, late atomic.Bool
		d := NewDomain(Config{StallAfter: time.Millisecond, OnStall: func(Pending) {
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
		litmus.Eventually(t, "a stall", func() bool { return d.Stats().Stalls > 0 })
		for i := range guards {
			guards[i].Release()
		}
		closeDomain(t, d)
		closed.Store(true)
		d.ledger.mu.Lock()
		// Another goroutine may have that number by now.
		telling := d.ledger.reports.telling || d.ledger.reports.goroutine != 0
		d.ledger.mu.Unlock()
		if telling || late.Load() {
			t.Fatal("a report is made after Close has returned")
		}
	}
}

// Nor is one begun, for an object whose Retire has found the domain open and
// goes on after Close.
func TestNoStallIsReportedForARetireBesideClose(t *testing.T) {
	var calls atomic.Int64
	d := NewDomain(Config{StallAfter: time.Millisecond, OnStall: func(Pending) { calls.Add(1) }})
	closeDomain(t, d)
	var source atomic.Pointer[database]
	source.Store(new(database))
	g := Acquire(&source)
	d.bell.open.Store(true) // so the Retire has found it
	RetireIn(d, source.Swap(nil), 0, unmap)
	d.bell.open.Store(false)
	litmus.Eventually(t, "a stall", func() bool { return d.Stats().Stalls > 0 })
	g.Release()
	litmus.Eventually(t, "it is reclaimed", func() bool { return d.pending() == 0 })
	d.ledger.mu.Lock()
	defer d.ledger.mu.Unlock()
	if d.ledger.reports.telling || calls.Load() > 0 {
		t.Errorf("%d reports of a closed domain", calls.Load())
	}
}

// A reclaim function that has returned is not said to run when its worker is
// kept from the next one.
func TestNoStallOfWhatHasReturned(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	type timed struct{ ended, _ int64 }
	var mu sync.Mutex
	var stalls []Pending
	d := NewDomain(Config{Workers: 1, StallAfter: 4 * time.Millisecond, OnStall: func(p Pending) {
		mu.Lock()
		defer mu.Unlock()
		stalls = append(stalls, p)
	}})
	var stop atomic.Bool
	var busy sync.WaitGroup
	for range 6 {
		busy.Go(func() { litmus.Busy(&stop) })
	}
	objects := make(map[uintptr]*timed)
	d.bell.state.Store(awake) // until all are in the queue
	for range 400 {
		o := new(timed)
		objects[addressOf(o)] = o
		RetireIn(d, o, 0, func(o *timed) {
			for begun := time.Now(); time.Since(begun) < 100*time.Microsecond; {
			}
			atomic.StoreInt64(&o.ended, d.clock.now())
		})
	}
	d.pass.turn.take()
	d.pass.make(false)
	d.pass.unlock()
	d.ledger.mu.Lock()
	round := d.ledger.rounds.last
	d.ledger.mu.Unlock()
	d.bell.state.Store(asleep)
	d.bell.ring()
	litmus.Eventually(t, "all are reclaimed", func() bool { return d.pending() == 0 })
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

// The hook is called by one goroutine at a time, also when reports come while
// the last one returns.
func TestOnStallIsCalledOneAtATime(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(8))
	var inside, together, calls atomic.Int64
	d := NewDomain(Config{OnStall: func(Pending) {
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
	end := time.Now().Add(litmus.Duration() / 2)
	for range 4 {
		wg.Go(func() {
			for time.Now().Before(end) {
				d.ledger.mu.Lock()
				if !d.ledger.reports.telling && d.ledger.reports.add([]Pending{{}}, true) {
					go d.ledger.tell()
				}
				d.ledger.mu.Unlock()
			}
		})
	}
	wg.Wait()
	if together.Load() > 0 || calls.Load() == 0 {
		t.Errorf("%d of %d calls came while another one ran", together.Load(), calls.Load())
	}
}

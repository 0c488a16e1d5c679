package reclaim

import (
	"sync/atomic"
	"testing"
	"time"

	"hazptr/internal/litmus"
)

// A scanner that rests, since what it keeps has been protected for long, is
// woken by a goroutine that retires or waits, and finds in time what is
// protected no more.
func TestScannerRests(t *testing.T) {
	d := NewDomain(Config{ScanPercent: 100})
	var source atomic.Pointer[int]
	source.Store(new(int))
	h := NewHolder[int]()
	h.Set(source.Load())
	RetireIn(d, source.Swap(nil), 0, func(*int) {})
	rests := func() bool { return d.bell.state.Load() == resting }
	litmus.Eventually(t, "it looks", func() bool { return d.Stats().Holding == 1 })
	d.pass.turn.take()
	// The object has been protected for so long.
	d.pass.passed.since = -int64(1000 * time.Hour)
	d.pass.unlock()
	wakes := 1000
	if testing.Short() {
		wakes = 200
	}
	for range wakes {
		litmus.Eventually(t, "it rests", rests)
		done := make(chan struct{})
		RetireIn(d, new(int), 0, func(*int) { close(done) })
		select {
		case <-done:
		case <-time.After(litmus.Soon):
			t.Fatal("a Retire did not wake it")
		}
	}
	litmus.Eventually(t, "it rests", rests)
	if err := d.Flush(litmus.Context(t)); err != nil {
		t.Fatal("a Flush did not wake it:", err)
	}
	litmus.Eventually(t, "it rests", rests)
	h.Close()
	closeDomain(t, d)
	litmus.Eventually(t, "no goroutine is left", func() bool { return goroutines() == 0 })
}

// A scanner that has no room for what is in the queues does not look for it
// again and again.
func TestStarvedScannerWaits(t *testing.T) {
	const interval = 50 * time.Millisecond
	d := NewDomain(Config{MaxPending: 200, Workers: 1})
	release := make(chan struct{})
	var source atomic.Pointer[int]
	var guards []Guard[int]
	limit := d.pass.limit
	retire := func(n int, held bool) {
		for range n {
			source.Store(new(int))
			if held {
				guards = append(guards, Acquire(&source))
			}
			RetireIn(d, source.Swap(nil), 0, func(*int) { <-release })
		}
		scanned := func() bool {
			d.ledger.mu.Lock()
			defer d.ledger.mu.Unlock()
			return d.ledger.retired() == d.ledger.counts.taken
		}
		litmus.Eventually(t, "they have been scanned", scanned)
	}
	retire(limit*3/10, true)
	retire(limit/2-1, false) // the first of them blocks the worker
	for range 40 {           // more than there is room for
		RetireIn(d, new(int), 0, func(*int) {})
	}
	time.Sleep(4 * interval)
	begun, passes := time.Now(), d.madePasses()
	time.Sleep(4 * interval)
	if n, most := d.madePasses()-passes, int64(time.Since(begun)/interval)+4; n > most {
		t.Errorf("%d passes in %v, want at most %d", n, time.Since(begun), most)
	}
	close(release)
	for i := range guards {
		guards[i].Release()
	}
	closeDomain(t, d)
}

// While a reader keeps what is waited for no pass is made.
func TestWaitingIsNotSpinning(t *testing.T) {
	d := NewDomain(Config{})
	var source atomic.Pointer[int]
	source.Store(new(int))
	g := Acquire(&source)
	RetireIn(d, source.Swap(nil), 0, func(*int) {})
	if d.Barrier(litmus.Expiring(t, 200*time.Millisecond)) == nil {
		t.Fatal("Barrier did not wait")
	}
	// Of the Retire, of the Barrier, and of one that has been cut short.
	if made := d.madePasses(); made > 3 {
		t.Errorf("%d passes", made)
	}
	g.Release()
	closeDomain(t, d)
}

func (d *Domain) madePasses() int64 {
	d.ledger.mu.Lock()
	defer d.ledger.mu.Unlock()
	return d.ledger.counts.passes
}

// No scanner rests for an object that has been reclaimed.
func TestNoRestForNothing(t *testing.T) {
	d := NewDomain(Config{StallAfter: time.Hour, ScanPercent: 100})
	end := time.Now().Add(litmus.Duration())
	for i := 0; time.Now().Before(end); i++ {
		done := make(chan struct{})
		RetireIn(d, new(int), 0, func(*int) {
			for range i * 7 % 20_000 {
				sink++
			}
			close(done)
		})
		<-done
		litmus.Eventually(t, "the scanner sleeps", func() bool { return d.bell.state.Load() == asleep && d.pending() == 0 })
	}
	closeDomain(t, d)
}

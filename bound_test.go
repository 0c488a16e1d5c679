package hazptr

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// mostPending retires from so many goroutines for a while and returns the largest number of pending objects that Stats told.
func mostPending(d *Domain, goroutines int, duration time.Duration, reclaim func(*int)) (most int64) {
	var stop atomic.Bool
	var wg sync.WaitGroup
	for range goroutines {
		wg.Go(func() {
			for !stop.Load() {
				RetireIn(d, new(int), 0, reclaim)
			}
		})
	}
	for end := time.Now().Add(duration); time.Now().Before(end); time.Sleep(200 * time.Microsecond) {
		most = max(most, d.Stats().Pending)
	}
	stop.Store(true)
	wg.Wait()
	return most
}

// Many goroutines that are slowed down together must not all go on when there is room for one.
func TestPendingIsBoundedWithManyGoroutines(t *testing.T) {
	duration := 300 * time.Millisecond
	if testing.Short() {
		duration = 100 * time.Millisecond
	}
	for _, bound := range []int{0, 100} {
		for _, goroutines := range []int{8, 64, 500} {
			t.Run(fmt.Sprintf("MaxPending=%d goroutines=%d", bound, goroutines), func(t *testing.T) {
				d := NewDomain(Config{MaxPending: bound})
				want := int64(bound)
				if bound == 0 {
					want = defaultScanned + defaultQueued*int64(runtime.GOMAXPROCS(0))
				}
				most := mostPending(d, goroutines, duration, func(*int) {})
				if most > want || most == 0 {
					t.Errorf("%d were pending, want at most %d, and more than none", most, want)
				}
				closeDomain(t, d)
			})
		}
	}
}

// Slow reclaim functions get on, too: a run of them takes longer than Retire would wait for blocked ones.
func TestPendingIsBoundedWithSlowReclaimFunctions(t *testing.T) {
	if testing.Short() {
		t.Skip("takes 5s")
	}
	d := NewDomain(Config{MaxPending: 1000})
	var slow atomic.Bool
	slow.Store(true)
	most := mostPending(d, 4, 3*time.Second, func(*int) {
		if slow.Load() {
			time.Sleep(5 * time.Millisecond)
		}
	})
	slow.Store(false)
	if most > 1000 || most < 500 {
		t.Errorf("%d were pending, want at most 1000, and about as many", most)
	}
	closeDomain(t, d)
}

// A waiter makes scans more frequent, but not as frequent as can be.
func TestWaitingIsNotSpinning(t *testing.T) {
	d := NewDomain(Config{})
	var source atomic.Pointer[int]
	source.Store(new(int))
	g := Acquire(&source)
	RetireIn(d, source.Swap(nil), 0, func(*int) {})
	start := time.Now()
	if d.Barrier(expiredContext(t, 200*time.Millisecond)) == nil {
		t.Fatal("Barrier did not wait")
	}
	// One a millisecond, and the few at the beginning that come after shorter times.
	if most := int64(time.Since(start)/time.Millisecond) + 20; d.madePasses() > most {
		t.Errorf("%d passes in %v, want at most %d", d.madePasses(), time.Since(start), most)
	}
	g.Release()
	closeDomain(t, d)
}

// Objects that become ready one by one behind a blocked function share chunks.
func TestReadyObjectsShareChunks(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	d := NewDomain(Config{Workers: 1, FlushInterval: 1})
	hold := make(chan struct{})
	RetireIn(d, new(int), 0, func(*int) { <-hold })
	const n = 1000
	for i := range int64(n) {
		RetireIn(d, new(int), 0, func(*int) {})
		eventually(t, "the object is ready", func() bool { return d.Stats().Blocked == i+2 })
	}
	d.mu.Lock()
	distinct := map[*chunk]bool{}
	for _, s := range d.ready.spans[d.ready.next:] {
		distinct[s.chunk] = true
	}
	chunks := len(distinct)
	d.mu.Unlock()
	if chunks > n/chunkLen+1+runtime.GOMAXPROCS(0) { // those of each P are neighbours
		t.Errorf("%d chunks for %d ready objects", chunks, n)
	}
	close(hold)
	closeDomain(t, d)
}

func TestOldestPendingOfAFreshObject(t *testing.T) {
	d := NewDomain(Config{FlushInterval: time.Hour})
	RetireIn(d, new(int), 0, func(*int) {})
	eventually(t, "the domain is quiet", func() bool { return d.state.Load() == asleep && d.Stats().Pending == 0 })
	time.Sleep(50 * time.Millisecond)
	RetireIn(d, new(int), 0, func(*int) {}) // waits for the interval to pass
	if s := d.Stats(); s.Pending != 1 || s.OldestPending > 40*time.Millisecond {
		t.Errorf("just now retired: %+v", s)
	}
	closeDomain(t, d)
}

func (d *Domain) madePasses() int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.passes
}

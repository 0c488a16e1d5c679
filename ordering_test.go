package hazptr

import (
	"context"
	"math/rand/v2"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"hazptr/internal/litmus"
	"hazptr/internal/long"
)

// These tests look for an order that plain stores do not give by themselves: a
// reader's [publish] before its [validate]. TestOrderingTestsNotice shows that
// they fail when the heavy fence is taken away.

type mortal = litmus.Mortal

func readByHolder() (litmus.Read, func()) {
	h := NewHolder[mortal]()
	return func(source *atomic.Pointer[mortal], use func(*mortal)) {
		use(h.Protect(source))
		h.Clear()
	}, h.Close
}

func readByGuard() (litmus.Read, func()) {
	return func(source *atomic.Pointer[mortal], use func(*mortal)) {
		g := Acquire(source)
		use(g.Ptr())
		g.Release()
	}, func() {}
}

func testOrderingSynchronize(t *testing.T, join func() (litmus.Read, func())) {
	notified := litmus.Notified(t)
	litmus.Readers(t, join, func(old *mortal, reclaim func(*mortal)) {
		notified(func(ctx context.Context) error { return Synchronize(ctx, old) })
		reclaim(old)
	})
}

func TestOrderingHolderSynchronize(t *testing.T) { testOrderingSynchronize(t, readByHolder) }

func TestOrderingGuardSynchronize(t *testing.T) { testOrderingSynchronize(t, readByGuard) }

func TestOrderingHolderRetire(t *testing.T) { testOrderingRetire(t, readByHolder) }

func TestOrderingGuardRetire(t *testing.T) { testOrderingRetire(t, readByGuard) }

// testOrderingRetire is its own scanner: between an object's unlinking and the
// look at the hazards there must be less time than a store can be late.
func testOrderingRetire(t *testing.T, join func() (litmus.Read, func())) {
	d := NewDomain(Config{})
	driver := d.reclaimer.Drive()
	litmus.Readers(t, join, func(old *mortal, reclaim func(*mortal)) {
		RetireIn(d, old, 0, reclaim)
		driver.Pass()
		driver.Reclaim()
	})
	driver.Stop()
	closeDomain(t, d)
}

// The same with the domain's own scanner, as users have it.
func TestOrderingHolderScanner(t *testing.T) {
	d := NewDomain(Config{ScanPercent: 100})
	litmus.Readers(t, readByHolder, func(old *mortal, reclaim func(*mortal)) { RetireIn(d, old, 0, reclaim) })
	closeDomain(t, d)
}

// The end of a Guard must be seen by the pass that has found it, or notify. No
// other Guard comes to its slot, whose end would be taken for it.
func TestOrderingNotify(t *testing.T) {
	d := NewDomain(Config{ReclaimInline: true})
	driver := d.reclaimer.Drive()
	var source atomic.Pointer[int64]
	source.Store(new(int64))
	var acquired, reclaimed atomic.Int64 // how often
	var stop atomic.Bool
	left := make(chan struct{})
	delay := litmus.NewDelay(1)
	go func() {
		defer close(left)
		defer litmus.Apart(0)()
		for n := int64(1); !stop.Load(); n++ {
			g := Acquire(&source)
			acquired.Store(n)
			for range delay.IntN(2000) {
				readerSpins++
			}
			delay.Stores()
			g.Release()
			for reclaimed.Load() < n && !stop.Load() {
				runtime.Gosched()
			}
		}
	}()
	n := int64(1)
	random := rand.New(rand.NewPCG(2, 0))
	for deadline := time.Now().Add(litmus.Duration()); time.Now().Before(deadline) && !t.Failed(); n++ {
		for acquired.Load() < n {
			runtime.Gosched()
		}
		for range random.IntN(2000) {
			updaterSpins++
		}
		RetireIn(d, source.Swap(new(int64)), 0, func(*int64) { reclaimed.Store(n) })
		driver.Pass()
		driver.Reclaim()
		for late := time.Now().Add(1500 * time.Millisecond); reclaimed.Load() < n && !t.Failed(); runtime.Gosched() {
			if time.Now().After(late) {
				t.Errorf("the domain was not notified of the end of Guard %d", n)
			}
		}
	}
	stop.Store(true)
	<-left
	t.Logf("%d Guards", n)
	driver.Stop()
	if !t.Failed() {
		closeDomain(t, d)
	}
}

var readerSpins, updaterSpins int

// TestOrderingTestsNotice builds the ordering tests without the heavy fence:
// they must fail.
func TestOrderingTestsNotice(t *testing.T) {
	long.Only(t, "it waits for each ordering test to fail")
	used := []string{"a reader used a reclaimed object", "was not notified"}
	litmus.Fenceless(t, "hazptr_nofence", map[string][]string{
		"TestOrderingHolderSynchronize": used,
		"TestOrderingGuardSynchronize":  used,
		"TestOrderingHolderRetire":      used,
		"TestOrderingGuardRetire":       used,
		"TestOrderingNotify":            {"was not notified"},
	})
}

package hazptr

import (
	"context"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"hazptr/internal/litmus"
	"hazptr/internal/long"
)

// These tests look for the two orders that plain stores do not give by themselves: a reader's [publish] before its [validate], and Retire's [append]
// before its [awake?]. TestOrderingTestsNotice shows that they fail when the heavy fence is taken away.

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

func endBySynchronize(old *mortal, reclaim func(*mortal)) {
	if err := Synchronize(context.Background(), old); err != nil {
		panic(err)
	}
	reclaim(old)
}

func TestOrderingHolderSynchronize(t *testing.T) { litmus.Readers(t, readByHolder, endBySynchronize) }
func TestOrderingGuardSynchronize(t *testing.T)  { litmus.Readers(t, readByGuard, endBySynchronize) }

func TestOrderingHolderRetire(t *testing.T) { testOrderingRetire(t, readByHolder) }
func TestOrderingGuardRetire(t *testing.T)  { testOrderingRetire(t, readByGuard) }

// testOrderingRetire is its own scanner: between an object's unlinking and the look at the hazards there must be less time than a store can be late.
func testOrderingRetire(t *testing.T, join func() (litmus.Read, func())) {
	d := NewDomain(Config{})
	d.state.Store(awake)
	litmus.Readers(t, join, func(old *mortal, reclaim func(*mortal)) {
		RetireIn(d, old, 0, reclaim)
		d.scanner.pass(false)
		runtime.Gosched() // to the worker
	})
	d.state.Store(asleep)
	closeDomain(t, d)
}

// The same with the domain's own scanner, as users have it.
func TestOrderingHolderScanner(t *testing.T) {
	d := NewDomain(Config{FlushInterval: 1})
	litmus.Readers(t, readByHolder, func(old *mortal, reclaim func(*mortal)) { RetireIn(d, old, 0, reclaim) })
	closeDomain(t, d)
}

// TestOrderingWakeUp retires an object when the scanner has taken the one before, and falls asleep: if each takes the other to be the one that
// looks at the queue, the object stays.
func TestOrderingWakeUp(t *testing.T) {
	if checking {
		t.Skip("it retires an object again before its reclaim function was called, which is reported")
	}
	defer litmus.Apart(0)()
	d := NewDomain(Config{FlushInterval: 1})
	delay := litmus.NewDelay(1)
	p := new(object)
	reclaim := func(*object) {}
	taken := func() (n uintptr) {
		for q := range d.queues.All() {
			n += q.consumed.Load()
		}
		return n
	}
	n := uintptr(0)
	await := func() {
		for looks, deadline := 0, time.Now().Add(soon); taken() != n; looks++ {
			if looks < 10_000 {
				continue
			}
			// The scanner may have said that it is asleep and be about to look once more. Not for so long, though.
			if d.state.Load() == asleep {
				time.Sleep(100 * time.Millisecond)
				if d.state.Load() == asleep && taken() != n {
					t.Fatalf("the wake-up for object %d was lost: %+v", n, d.Stats())
				}
			}
			if time.Now().After(deadline) {
				t.Fatalf("object %d waits for a scanner that is awake: %+v", n, d.Stats())
			}
			runtime.Gosched()
		}
	}
	for deadline := time.Now().Add(litmus.Duration()); time.Now().Before(deadline); {
		for range 100 {
			RetireIn(d, p, 0, reclaim)
			n++
			await()
			for range delay.IntN(1000) {
				sink++
			}
			delay.Stores()
			RetireIn(d, p, 0, reclaim)
			n++
			await()
		}
	}
	t.Logf("%d wake-ups", n)
	closeDomain(t, d)
}

// TestOrderingTestsNotice builds the ordering tests without the heavy fence: they must fail.
func TestOrderingTestsNotice(t *testing.T) {
	long.Only(t, "it waits for each ordering test to fail")
	used, lost := []string{"a reader used a reclaimed object"}, []string{"was lost"}
	litmus.Fenceless(t, "hazptr_nofence", map[string][]string{
		"TestOrderingHolderSynchronize": used,
		"TestOrderingGuardSynchronize":  used,
		"TestOrderingHolderRetire":      used,
		"TestOrderingGuardRetire":       used,
		"TestOrderingWakeUp":            lost,
	})
}

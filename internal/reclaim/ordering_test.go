package reclaim

import (
	"runtime"
	"testing"
	"time"

	"hazptr/internal/check"
	"hazptr/internal/litmus"
	"hazptr/internal/long"
)

// TestOrderingWakeUp retires an object when the scanner has taken the one
// before, and falls asleep: if each takes the other to be the one that looks at
// the queue, the object stays.
func TestOrderingWakeUp(t *testing.T) {
	if check.Enabled {
		t.Skip("it retires an object again before its reclaim function was called, which is reported")
	}
	defer litmus.Apart(0)()
	d := NewDomain(Config{ScanPercent: 100})
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
		for looks, deadline := 0, time.Now().Add(litmus.Soon); taken() != n; looks++ {
			if looks < 10_000 {
				continue
			}
			// The scanner may have said that it is asleep and be about to look
			// once more. Not for so long, though.
			if d.bell.state.Load() == asleep {
				time.Sleep(100 * time.Millisecond)
				if d.bell.state.Load() == asleep && taken() != n {
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
		for range 10 {
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

// TestOrderingTestsNotice builds the ordering test without the heavy fence: it
// must fail.
func TestOrderingTestsNotice(t *testing.T) {
	long.Only(t, "it waits for the ordering test to fail")
	litmus.Fenceless(t, "hazptr_nofence", map[string][]string{"TestOrderingWakeUp": {"was lost"}})
}

package conformance

import (
	"context"
	"sync"
	"testing"
	"time"

	"hazptr/srcu"
)

// "SRCU read-side critical sections ... may sleep" and nest (Documentation/RCU/whatisRCU.rst).
func TestSRCUReadersSleepAndNest(t *testing.T) {
	d := srcu.New()
	outer := d.ReadLock()
	inner := d.ReadLock()
	time.Sleep(time.Millisecond)
	d.ReadUnlock(outer) // in any order
	done := background(func() {
		if err := d.Synchronize(within(t, soon)); err != nil {
			t.Error(err)
		}
	})
	waits(t, "Synchronize returns, and a section stays", done)
	d.ReadUnlock(inner)
	happens(t, "Synchronize returns", done)
}

// "srcu_down_read() ... the matching srcu_up_read() may be invoked from some other context" (include/linux/srcu.h).
func TestSRCUUnlockElsewhere(t *testing.T) {
	d := srcu.New()
	sections := make(chan srcu.Token, 100)
	var unlockers sync.WaitGroup
	for range 100 {
		sections <- d.ReadLock()
	}
	if err := d.Synchronize(within(t, time.Millisecond)); err == nil {
		t.Error("Synchronize returns, and a hundred are inside")
	}
	for range 4 {
		unlockers.Go(func() {
			for {
				select {
				case section := <-sections:
					d.ReadUnlock(section)
				default:
					return
				}
			}
		})
	}
	unlockers.Wait()
	if err := d.Synchronize(within(t, soon)); err != nil {
		t.Error(err)
	}
}

// Domains are independent: "SRCU ... a separate srcu_struct for each subsystem", whose readers others don't wait for.
func TestSRCUDomainsAreIndependent(t *testing.T) {
	d, other := srcu.New(), srcu.New()
	section := d.ReadLock()
	if err := other.Synchronize(within(t, soon)); err != nil {
		t.Error(err)
	}
	d.ReadUnlock(section)
}

// Misuse that can be seen.
func TestSRCUMisuse(t *testing.T) {
	d := srcu.New()
	mustPanic(t, "srcu: ReadUnlock of a Token that ReadLock did not return", func() { d.ReadUnlock(srcu.Token{}) })
	section := d.ReadLock()
	d.ReadUnlock(section)
	d.ReadUnlock(section)
	mustPanic(t, "srcu: ReadUnlock of a Token that had been given to ReadUnlock already", func() { _ = d.Synchronize(context.Background()) })
}

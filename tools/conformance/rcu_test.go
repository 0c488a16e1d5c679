package conformance

import (
	"strings"
	"testing"
	"time"

	"hazptr/rcu"
)

// "RCU read-side critical sections may be nested"; the outermost rcu_read_unlock ends it.
func TestRCUSectionsNest(t *testing.T) {
	d := rcu.New()
	r := d.NewReader()
	for range 3 {
		r.ReadLock()
	}
	done := background(func() {
		if err := d.Synchronize(within(t, soon)); err != nil {
			t.Error(err)
		}
	})
	for range 2 {
		r.ReadUnlock()
		r.ReadLock()
		r.ReadUnlock()
		waits(t, "Synchronize returns, and the outermost section has not ended", done)
	}
	r.ReadUnlock()
	happens(t, "Synchronize returns", done)
	r.Close()
}

// "A CPU stall ... prevents RCU grace periods from ending": one reader holds up every callback, and is reported (Documentation/RCU/stallwarn.rst).
func TestRCUStalledReaderHoldsUpEverythingAndIsReported(t *testing.T) {
	d := rcu.New()
	stalled, other := d.NewReader(), d.NewReader()
	reports := make(chan rcu.Stall, 10_000)
	d.ReportStalls(2*time.Millisecond, func(s rcu.Stall) { reports <- s })
	stalled.ReadLock()
	called := make(chan struct{}, 100)
	for range 100 {
		d.Call(func() { called <- struct{}{} })
	}
	for range 3 {
		other.ReadLock()
		other.ReadUnlock()
		select {
		case s := <-reports:
			if len(s.Readers) != 1 || !strings.Contains(s.Readers[0], "conformance.TestRCUStalledReader") || s.Age < 2*time.Millisecond {
				t.Fatalf("%+v", s)
			}
		case <-time.After(soon):
			t.Fatal("it is not reported, or not again")
		}
	}
	if len(called) != 0 {
		t.Errorf("%d callbacks were called, and one is inside", len(called))
	}
	stalled.ReadUnlock()
	if err := d.Close(within(t, soon)); err != nil {
		t.Fatal(err)
	}
	if len(called) != 100 {
		t.Errorf("%d callbacks were called, want 100", len(called))
	}
	stalled.Close()
	other.Close()
}

// Domains are independent.
func TestRCUDomainsAreIndependent(t *testing.T) {
	d, other := rcu.New(), rcu.New()
	r := d.NewReader()
	r.ReadLock()
	if err := other.Synchronize(within(t, soon)); err != nil {
		t.Error(err)
	}
	r.ReadUnlock()
	r.Close()
}

// Misuse that can be seen.
func TestRCUMisuse(t *testing.T) {
	d := rcu.New()
	r := d.NewReader()
	mustPanic(t, "rcu: ReadUnlock of a Reader that is not in a read section", r.ReadUnlock)
	r.ReadLock()
	mustPanic(t, "rcu: Close of a Reader inside a read section", r.Close)
	r.ReadUnlock()
	r.Close()
	mustPanic(t, "rcu: ReadLock of a Reader after Close", r.ReadLock)
	mustPanic(t, "rcu: ReadUnlock of a Reader after Close", r.ReadUnlock)
	mustPanic(t, "rcu: Close of a Reader after Close", r.Close)
	mustPanic(t, "not made by NewReader", new(rcu.Reader).ReadLock)
	mustPanic(t, "rcu: ReportStalls after -1s, want 0 or more", func() { d.ReportStalls(-time.Second, nil) })
}

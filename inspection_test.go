package hazptr

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"hazptr/internal/litmus"
)

type index struct{ _ [10]int }

// An Inspection counts what is protected, what a worker has called for, what
// waits behind that, and what no scan has seen.
func TestInspect(t *testing.T) {
	d := NewDomain(Config{Workers: 1, StallAfter: time.Hour, Trace: true})
	var source atomic.Pointer[database]
	source.Store(new(database))
	h := NewHolder[database]()
	protected := h.Protect(&source)
	RetireIn(d, source.Swap(nil), 100, unmap)
	litmus.Eventually(t, "a scan has seen it", func() bool { return d.Stats().Holding == 1 })
	time.Sleep(2 * time.Millisecond)

	called, release := make(chan struct{}), make(chan struct{})
	RetireIn(d, new(index), 7, func(*index) { close(called); <-release })
	<-called
	for range 5 {
		RetireIn(d, new(index), 1, func(*index) {})
	}
	litmus.Eventually(t, "they wait for the worker", func() bool { return d.Stats().Blocked == 6 })

	i := d.Inspect(3)
	if len(i.Types) != 2 {
		t.Fatalf("%+v", i.Types)
	}
	if got := i.Types[0]; got.Type != "*hazptr.database" || got.Objects != 1 || got.Bytes != 100 || got.Protected != 1 || got.Oldest < 2*time.Millisecond {
		t.Errorf("%+v", got)
	}
	if got := i.Types[1]; got.Type != "*hazptr.index" || got.Objects != 6 || got.Bytes != 12 || got.Protected != 0 || got.Oldest <= 0 {
		t.Errorf("%+v", got)
	}
	if len(i.Oldest) != 3 || i.Oldest[0].Age < i.Oldest[1].Age || i.Oldest[1].Age < i.Oldest[2].Age {
		t.Fatalf("%v", i.Oldest)
	}
	if got := i.Oldest[0]; got.Address != addressOf(protected) || got.Hazards != 1 || len(got.Acquired) != 1 || !strings.Contains(got.Acquired[0], "TestInspect") {
		t.Errorf("%v", got)
	}
	if got := i.Oldest[1]; got.Type != "*hazptr.index" || got.Hazards != 0 || !strings.Contains(got.Reclaim, "TestInspect") || got.Behind != 5 {
		t.Errorf("%v", got)
	}
	if got := i.Oldest[2]; got.Type != "*hazptr.index" || got.Reclaim != "" || !strings.Contains(got.String(), "waits for a worker") {
		t.Errorf("%v", got)
	}

	close(release)
	h.Close()
	closeDomain(t, d)
	if i := d.Inspect(3); len(i.Types) != 0 || len(i.Oldest) != 0 {
		t.Errorf("after Close: %+v", i)
	}
}

// Inspections do not disturb what they look at.
func TestInspectWhileAllIsInMotion(t *testing.T) {
	d := NewDomain(Config{Name: "motion", StallAfter: time.Millisecond, OnStall: func(Stall) {}})
	var source atomic.Pointer[database]
	source.Store(new(database))
	end := time.Now().Add(200 * time.Millisecond)
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for time.Now().Before(end) {
				g := Acquire(&source)
				RetireIn(d, source.Swap(new(database)), 1, unmap)
				g.Release()
			}
		})
	}
	wg.Go(func() {
		for time.Now().Before(end) {
			for _, p := range d.Inspect(20).Types {
				if p.Type != "" && p.Type != "*hazptr.database" || p.Objects <= 0 || p.Bytes < 0 {
					t.Errorf("%+v", p)
				}
			}
			time.Sleep(time.Millisecond)
		}
	})
	wg.Wait()
	closeDomain(t, d)
	if s := d.Stats(); s.Pending != 0 || s.Retired != s.Reclaimed {
		t.Errorf("%+v", s)
	}
}

func TestInspectPanics(t *testing.T) {
	defer func() {
		if r, _ := recover().(string); !strings.Contains(r, "-1") {
			t.Errorf("%q", r)
		}
	}()
	NewDomain(Config{}).Inspect(-1)
}

// A bubble's clock is earlier than that of a domain which was made outside.
func TestHistoryInABubble(t *testing.T) {
	d := NewDomain(Config{Name: "outside"})
	synctest.Test(t, func(t *testing.T) {
		done := make(chan bool)
		RetireIn(d, new(database), 0, func(*database) { close(done) })
		<-done
	})
	closeDomain(t, d)
}

// What a reader holds up is seen in the seconds of a domain that has a name,
// and its end, although no goroutine asks.
func TestHistoryOfADomain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := NewDomain(Config{Name: "history"})
		var source atomic.Pointer[database]
		source.Store(new(database))
		g := Acquire(&source)
		RetireIn(d, source.Swap(nil), 0, unmap)
		time.Sleep(10 * time.Second)
		recent := d.Inspect(0).Recent
		if last := recent[len(recent)-1]; last.Most != 1 || last.End != 1 {
			t.Errorf("while it is held: %v", recent)
		}
		g.Release()
		time.Sleep(10 * time.Second)
		recent = d.Inspect(0).Recent
		if last := recent[len(recent)-1]; last.Most != 1 || last.End != 0 || time.Since(last.Begin) < 8*time.Second {
			t.Errorf("after its end: %v", recent)
		}
		closeDomain(t, d)
	})
	if d := NewDomain(Config{}); d.Inspect(1).Recent != nil {
		t.Error("a domain without a name has a history")
	}
}

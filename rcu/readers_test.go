package rcu

import (
	"context"
	"runtime"
	"strings"
	"testing"
	"time"

	"hazptr/internal/litmus"
)

// unwanted is closed: a grace period looks once and does not wait.
var unwanted = func() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()

// holds reports whether a grace period that begins now doesn't end.
func holds(d *Domain) bool { return !d.readers.GracePeriod(unwanted) }

func TestGracePeriodWaitsForSectionsThatHadBegun(t *testing.T) {
	d := New()
	r, other := d.NewReader(), d.NewReader()
	if holds(d) {
		t.Fatal("Readers outside hold up a grace period")
	}
	r.ReadLock()
	other.ReadLock()
	if !holds(d) {
		t.Fatal("a grace period ends, and two Readers are inside")
	}
	other.ReadUnlock()
	r.ReadLock()
	r.ReadUnlock()
	if !holds(d) {
		t.Fatal("the end of the inner section ends the outer one")
	}
	r.ReadUnlock()
	if holds(d) {
		t.Fatal("a grace period is held up by sections that have ended")
	}
	r.Close()
	other.Close()
	if len(d.readers.all) != 0 {
		t.Fatal("a closed Reader is remembered")
	}
}

// A Reader that entered with the present grace period's epoch came too late to
// matter, whatever it does, nested or not.
func TestGracePeriodPassesLaterSections(t *testing.T) {
	d := New()
	r := d.NewReader()
	r.ReadLock()
	ended := make(chan bool)
	go func() { ended <- d.readers.GracePeriod(nil) }()
	before := r.word
	// Until it has begun.
	for epoch := before; epoch == before; runtime.Gosched() {
		d.readers.mu.Lock()
		epoch = d.readers.epoch
		d.readers.mu.Unlock()
	}
	r.ReadUnlock()
	r.ReadLock()
	r.ReadLock()
	select {
	case <-ended:
	case <-time.After(litmus.Soon):
		t.Fatal("a later section holds up the grace period")
	}
	r.ReadUnlock()
	r.ReadUnlock()
}

// An epoch that was loaded long ago is that of no present grace period.
func TestLateStoreOfAnEpoch(t *testing.T) {
	d := New()
	r := d.NewReader()
	late := r.epoch // ReadLock has come so far
	for range 5 {
		if holds(d) {
			t.Fatal("a Reader outside holds up a grace period")
		}
	}
	r.word = late // and goes on
	if !holds(d) {
		t.Fatal("a grace period ends, and the Reader is inside")
	}
	r.ReadUnlock()
}

func TestRemoveReaders(t *testing.T) {
	d := New()
	var all []*Reader
	for range 100 {
		all = append(all, d.NewReader())
	}
	for i := range all { // in an order of its own
		r := all[i*37%100]
		r.Close()
		for place, other := range d.readers.all {
			if other.place != place || other == r.registration {
				t.Fatalf("place %d has the Reader of place %d", place, other.place)
			}
		}
	}
	if len(d.readers.all) != 0 {
		t.Fatalf("%d are left", len(d.readers.all))
	}
}

func TestNothingIsRemembered(t *testing.T) {
	d := New()
	r := d.NewReader()
	r.ReadLock()
	holds(d)
	if late := d.readers.late; cap(late) == 0 || late[:1][0].reader != nil {
		t.Fatal("a grace period that was given up remembers a Reader")
	}
	r.ReadUnlock()
	r.Close()
	if err := d.Synchronize(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func TestForgottenReader(t *testing.T) {
	d := New()
	func() {
		d.NewReader()
		r := d.NewReader()
		r.ReadLock()
		r.ReadUnlock()
	}()
	registered := func() int {
		d.readers.mu.Lock()
		defer d.readers.mu.Unlock()
		return len(d.readers.all)
	}
	for deadline := time.Now().Add(litmus.Soon); registered() > 0; runtime.GC() {
		if time.Now().After(deadline) {
			t.Fatal("a Reader that was forgotten is looked at for ever")
		}
		holds(d) // it may, between the collection and the finalizer
	}
	if holds(d) {
		t.Fatal("a Reader that is no more holds up a grace period")
	}

	func() { d.NewReader().ReadLock() }()
	for range 10 { // before it is found, and after
		if !holds(d) {
			t.Fatal("a grace period ends, and a Reader was forgotten inside a section")
		}
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
	d.readers.mu.Lock()
	defer d.readers.mu.Unlock()
	if d.readers.all[0].inside == nil {
		t.Fatal("it was not found")
	}
	stall := newStall(0, []late{{d.readers.all[0], nil}})
	if !strings.Contains(stall.Readers[0], "TestForgottenReader") {
		t.Fatal(stall)
	}
}

func TestPollOfAnotherDomainsCookie(t *testing.T) {
	d, other := New(), New()
	defer func() {
		if r := recover(); r != "rcu: Poll of a Cookie that this Domain did not return" {
			t.Fatal(r)
		}
	}()
	d.Poll(other.GetState())
}

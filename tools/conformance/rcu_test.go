package conformance

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"hazptr/internal/litmus"
	"hazptr/rcu"
)

// One reader that stays holds up every callback, those of others' objects too,
// and is reported again and again by the place where it was made
// (Documentation/RCU/stallwarn.rst; rcu: ReportStalls).
func TestRCUStalledReaderHoldsUpEverythingAndIsReported(t *testing.T) {
	d := rcu.New()
	_, file, line, _ := runtime.Caller(0)
	stalled, other := d.NewReader(), d.NewReader() // on the line after Caller's
	reports := make(chan rcu.Stall, 10_000)
	reporter := ""
	var once sync.Once
	const after = 2 * time.Millisecond
	d.ReportStalls(after, func(s rcu.Stall) {
		once.Do(func() { reporter = goroutine() })
		reports <- s
	})
	stalled.ReadLock()
	called := make(chan struct{}, 100)
	for range cap(called) {
		d.Call(func() { called <- struct{}{} })
	}
	want := fmt.Sprintf("hazptr/tools/conformance.TestRCUStalledReaderHoldsUpEverythingAndIsReported (%s:%d)", file, line+1)
	oldest := time.Duration(0)
	for range 3 {
		other.ReadLock()
		other.ReadUnlock()
		s := receive(t, reports) // and again
		if len(s.Readers) != 1 || s.Readers[0] != want || s.Age < after {
			t.Fatalf("%+v, want one reader: %s", s, want)
		}
		oldest = max(oldest, s.Age)
		if text := s.String(); !strings.Contains(text, want) || strings.Contains(text, "\n") {
			t.Errorf("not one line that tells the reader: %q", text)
		}
	}
	if oldest < 3*after {
		t.Errorf("the third report is of an age of %v, want %v or more", oldest, 3*after)
	}
	if reporter == goroutine() {
		t.Error("reported by the goroutine of the test")
	}
	if len(called) != 0 {
		t.Errorf("%d callbacks were called, and one is inside", len(called))
	}
	stalled.ReadUnlock()
	if err := d.Close(within(t, soon)); err != nil {
		t.Fatal(err)
	}
	if len(called) != cap(called) {
		t.Errorf("%d callbacks were called, want %d", len(called), cap(called))
	}
	stalled.Close()
	other.Close()
}

// A report names all readers that hold the grace period up and no others (rcu:
// Stall).
func TestRCUReportNamesThoseWhoHoldUp(t *testing.T) {
	d := rcu.New()
	var readers []*rcu.Reader
	for range 5 {
		readers = append(readers, d.NewReader())
	}
	readers[1].ReadLock()
	readers[3].ReadLock()
	readers[3].ReadLock()
	reports := make(chan rcu.Stall, 10_000)
	d.ReportStalls(time.Millisecond, func(s rcu.Stall) { reports <- s })
	done := succeeds(t, d.Synchronize)
	receive(t, reports)
	readers[4].ReadLock() // too late to hold it up
	for range 3 {
		if s := receive(t, reports); len(s.Readers) != 2 {
			t.Errorf("two readers hold the grace period up: %v", s)
		}
	}
	readers[1].ReadUnlock()
	eventually(t, "the reader that has left is not reported any more", func() bool { return len(receive(t, reports).Readers) == 1 })
	readers[3].ReadUnlock()
	waits(t, "Synchronize returns, and the outermost section has not ended", done)
	readers[3].ReadUnlock()
	happens(t, "Synchronize returns", done)
	readers[4].ReadUnlock()
	for _, r := range readers {
		r.Close()
	}
}

// There are no reports at first, and none after ReportStalls(0), which is
// heeded from the next grace period on; nor is a grace period reported that has
// ended (rcu: ReportStalls).
func TestRCUReportsEnd(t *testing.T) {
	d := rcu.New()
	r := d.NewReader()
	stall := func() {
		t.Helper()
		r.ReadLock()
		if err := d.Synchronize(within(t, brief)); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		r.ReadUnlock()
	}
	log := litmus.Logged(t)
	stall()

	reports := make(chan rcu.Stall, 10_000)
	d.ReportStalls(time.Millisecond, func(s rcu.Stall) { reports <- s })
	r.ReadLock()
	cookie := d.GetState()
	done := succeeds(t, d.Synchronize)
	begins(t, rcuDomain{d}, cookie)
	receive(t, reports)
	d.ReportStalls(0, func(s rcu.Stall) { reports <- s })
	receive(t, reports) // of the grace period that had begun before
	r.ReadUnlock()
	happens(t, "Synchronize returns", done)
	time.Sleep(brief) // for reports that were on their way
	for len(reports) > 0 {
		<-reports
	}
	stall()
	d.ReportStalls(0, nil)
	stall()
	time.Sleep(brief)
	if len(reports) > 0 {
		t.Errorf("%d reports after ReportStalls(0)", len(reports))
	}
	if text := log.String(); text != "" {
		t.Errorf("logged, and not wanted: %s", text)
	}
	r.Close()
}

// A report is on a goroutine of its own: one that blocks holds up no grace
// period. No other is made meanwhile, and the ones that were due are counted
// (rcu: ReportStalls, Stall).
func TestRCUReportMayBlock(t *testing.T) {
	d := rcu.New()
	r := d.NewReader()
	reported, release := make(chan rcu.Stall, 10_000), make(chan struct{})
	d.ReportStalls(time.Millisecond, func(s rcu.Stall) {
		reported <- s
		<-release
	})
	r.ReadLock()
	done := succeeds(t, d.Synchronize)
	eventually(t, "a report tells of others that were dropped", func() bool {
		s := receive(t, reported)
		time.Sleep(brief) // others are due
		if len(reported) > 0 {
			t.Errorf("%d reports are made beside another one", len(reported))
		}
		if s.Dropped > 0 {
			if !strings.Contains(s.String(), fmt.Sprintf("%d reports were dropped", s.Dropped)) {
				t.Errorf("it does not tell of %d dropped reports: %v", s.Dropped, s)
			}
			return true
		}
		release <- struct{}{}
		return false
	})
	r.ReadUnlock()
	happens(t, "Synchronize returns", done)
	if err := d.Close(within(t, brief)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Close while a report is made: %v", err)
	}
	close(release)
	r.Close()
	if err := d.Close(within(t, soon)); err != nil {
		t.Fatal(err)
	}
	made := len(reported)
	time.Sleep(brief)
	if len(reported) != made {
		t.Error("a report after Close")
	}
}

// A nil report logs a warning (rcu: ReportStalls).
func TestRCUReportToTheLog(t *testing.T) {
	log := litmus.Logged(t)
	d := rcu.New()
	r := d.NewReader()
	d.ReportStalls(time.Millisecond, nil)
	r.ReadLock()
	done := succeeds(t, d.Synchronize)
	eventually(t, "a warning is logged, with the reader", func() bool {
		return log.Has("level=WARN") && log.Has("conformance.TestRCUReportToTheLog")
	})
	r.ReadUnlock()
	happens(t, "Synchronize returns", done)
	r.Close()
	before := len(log.String())
	time.Sleep(brief)
	before = max(before, len(log.String())) // one may have been on its way
	time.Sleep(brief)
	if after := len(log.String()); after != before {
		t.Error("a grace period is reported that has ended")
	}
}

// A Reader belongs to one goroutine at a time, and may be handed on (rcu:
// Reader).
func TestRCUReaderIsHandedOn(t *testing.T) {
	d := rcu.New()
	r := d.NewReader()
	r.ReadLock()
	done := succeeds(t, d.Synchronize)
	elsewhere(t, r.ReadLock)
	waits(t, "Synchronize returns, and a section has not ended", done)
	elsewhere(t, r.ReadUnlock)
	waits(t, "Synchronize returns, and the outermost section has not ended", done)
	elsewhere(t, r.ReadUnlock)
	happens(t, "Synchronize returns", done)
	elsewhere(t, r.Close)
	mustPanic(t, "rcu: ReadLock of a Reader after Close", r.ReadLock)
}

// In a section GetState, Poll and NewReader may be called without danger, also
// while another goroutine waits for the section; Call and StartPoll come to
// nothing before it ends (rcu: Domain).
func TestRCUUpdaterInASection(t *testing.T) {
	d := rcu.New()
	r := d.NewReader()
	r.ReadLock()
	cookie := d.GetState()
	done := succeeds(t, d.Synchronize)
	begins(t, rcuDomain{d}, cookie)
	other := d.NewReader()
	other.ReadLock()
	other.ReadUnlock()
	other.Close()
	called := make(chan struct{})
	d.Call(func() { close(called) })
	polled := d.StartPoll()
	waits(t, "a callback is called, and its poster is inside", called)
	if d.Poll(cookie) || d.Poll(polled) {
		t.Error("a grace period has passed, and one is inside")
	}
	r.ReadUnlock()
	happens(t, "Synchronize returns", done)
	happens(t, "the callback is called", called)
	eventually(t, "Poll reports true", func() bool { return d.Poll(polled) })
	r.Close()
	if err := d.Close(within(t, soon)); err != nil {
		t.Error(err)
	}
}

// A Reader that is forgotten outside a section holds nothing up, before it is
// collected and after (rcu: Reader).
func TestRCUForgottenReader(t *testing.T) {
	d := rcu.New()
	func() {
		for range 100 {
			r := d.NewReader()
			r.ReadLock()
			r.ReadUnlock()
		}
	}()
	happens(t, "Synchronize returns", succeeds(t, d.Synchronize))
	for range 3 { // collected, and its finalizer run
		runtime.GC()
		happens(t, "Synchronize returns", succeeds(t, d.Synchronize))
	}
}

// Also while it is not known yet in what state it was forgotten: its finalizer
// may be late (rcu: Reader).
func TestRCUForgottenReaderIsClosedLate(t *testing.T) {
	d := rcu.New()
	started, release := make(chan struct{}), make(chan struct{})
	// The runtime has one goroutine for finalizers, and this holds it up.
	func() {
		type object struct{ _ [64]byte }
		runtime.SetFinalizer(new(object), func(*object) {
			close(started)
			<-release
		})
		for range 10 {
			d.NewReader()
		}
	}()
	eventually(t, "a finalizer runs", func() bool {
		runtime.GC()
		select {
		case <-started:
			return true
		default:
			return false
		}
	})
	for range 10 {
		d.NewReader()
	}
	runtime.GC()
	runtime.GC()
	done := succeeds(t, d.Synchronize)
	time.Sleep(brief)
	close(release)
	happens(t, "Synchronize returns", done)
	happens(t, "Synchronize returns", succeeds(t, d.Synchronize))
}

// One that is forgotten in a section holds up every grace period, for ever,
// since what it has loaded may be in use (rcu: Reader).
func TestRCUReaderForgottenInASection(t *testing.T) {
	d := rcu.New()
	func() { d.NewReader().ReadLock() }()
	for range 5 {
		if err := d.Synchronize(within(t, brief)); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("a Reader has not left, and is forgotten: %v", err)
		}
		runtime.GC()
	}
}

// Misuse that can be seen (rcu: Reader, ReportStalls).
func TestRCUMisuse(t *testing.T) {
	d := rcu.New()
	r := d.NewReader()
	mustPanic(t, "rcu: ReadUnlock of a Reader that is not in a read section", r.ReadUnlock)
	r.ReadLock()
	mustPanic(t, "rcu: Close of a Reader inside a read section", r.Close)
	r.ReadLock()
	mustPanic(t, "rcu: Close of a Reader inside a read section", r.Close)
	if err := d.Synchronize(within(t, time.Millisecond)); err == nil {
		t.Error("a Close that panicked has ended the section")
	}
	r.ReadUnlock()
	r.ReadUnlock()
	mustPanic(t, "rcu: ReadUnlock of a Reader that is not in a read section", r.ReadUnlock)
	r.Close()
	mustPanic(t, "rcu: ReadLock of a Reader after Close", r.ReadLock)
	mustPanic(t, "rcu: ReadUnlock of a Reader after Close", r.ReadUnlock)
	mustPanic(t, "rcu: Close of a Reader after Close", r.Close)
	zero := new(rcu.Reader)
	mustPanic(t, "rcu: ReadLock of a Reader after Close, or not made by NewReader", zero.ReadLock)
	mustPanic(t, "rcu: ReadUnlock of a Reader after Close, or not made by NewReader", zero.ReadUnlock)
	mustPanic(t, "rcu: Close of a Reader after Close, or not made by NewReader", zero.Close)
	mustPanic(t, "rcu: ReportStalls after -1s, want 0 or more", func() { d.ReportStalls(-time.Second, nil) })
	happens(t, "Synchronize returns", succeeds(t, d.Synchronize))
}

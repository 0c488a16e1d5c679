package rcu

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hazptr/internal/litmus"
)

func soonContext(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), litmus.Soon)
	t.Cleanup(cancel)
	return ctx
}

func receive[T any](t *testing.T, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(litmus.Soon):
		t.Fatal("nothing comes")
		panic("not reached")
	}
}

// stalled returns a Domain with a grace period that a Reader holds up, and
// what makes it end.
func stalled(report func(Stall)) (d *Domain, leave func()) {
	d = New()
	d.ReportStalls(time.Millisecond, report)
	r := d.NewReader()
	r.ReadLock()
	d.StartPoll()
	return d, func() {
		r.ReadUnlock()
		r.Close()
	}
}

// While a report runs no other begins. What was due meanwhile is counted.
func TestReportsOneAtATime(t *testing.T) {
	reports, leave := make(chan Stall), make(chan struct{})
	var running atomic.Int64
	d, unlock := stalled(func(s Stall) {
		if running.Add(1) != 1 {
			t.Error("two reports at a time")
		}
		reports <- s
		<-leave
		running.Add(-1)
	})
	if first := receive(t, reports); first.Dropped != 0 {
		t.Fatalf("the first report: %v", first)
	}
	due := func() int {
		d.readers.reports.mu.Lock()
		defer d.readers.reports.mu.Unlock()
		return d.readers.reports.dropped
	}
	for deadline := time.Now().Add(litmus.Soon); due() < 3; runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatalf("%d reports were due", due())
		}
	}
	leave <- struct{}{}
	if second := receive(t, reports); second.Dropped < 3 || !strings.Contains(second.String(), " reports were dropped before") {
		t.Fatalf("the second report: %v", second)
	}
	close(leave)
	unlock()
	go func() {
		for range reports {
		}
	}()
	if err := d.Close(soonContext(t)); err != nil {
		t.Fatal(err)
	}
	close(reports)
}

// A report that ends its goroutine has returned.
func TestGoexitInAReport(t *testing.T) {
	reports := make(chan Stall, 1000)
	d, unlock := stalled(func(s Stall) {
		reports <- s
		runtime.Goexit()
	})
	for range 3 {
		receive(t, reports)
	}
	unlock()
	if err := d.Close(soonContext(t)); err != nil {
		t.Fatal(err)
	}
}

// Close waits for the report that is being made, and if it can't leaves the
// Domain open. After it no report begins.
func TestNoReportAfterClose(t *testing.T) {
	reports, leave := make(chan Stall, 1000), make(chan struct{})
	var running atomic.Int64
	d, unlock := stalled(func(s Stall) {
		running.Add(1)
		reports <- s
		<-leave
		running.Add(-1)
	})
	receive(t, reports)
	unlock()
	if err := d.Synchronize(soonContext(t)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	if err := d.Close(ctx); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "rcu: Close: 0 readers are inside, 0 callbacks have not returned, a report of a stall has not returned") {
		t.Fatal(err)
	}
	called := make(chan bool, 1)
	d.Call(func() { called <- true })
	receive(t, called)
	closed := make(chan error)
	go func() { closed <- d.Close(soonContext(t)) }()
	close(leave)
	if err := receive(t, closed); err != nil || running.Load() != 0 {
		t.Fatalf("error %v, and %d reports are being made", err, running.Load())
	}
}

func TestCloseInAReport(t *testing.T) {
	panicked := make(chan any, 1000)
	var d *Domain
	made := make(chan struct{})
	d, unlock := stalled(func(Stall) {
		<-made
		defer func() { panicked <- recover() }()
		_ = d.Close(context.Background())
	})
	close(made)
	if r, _ := receive(t, panicked).(string); !strings.Contains(r, "rcu: Close in a report of the same Domain waits for itself") {
		t.Fatal(r)
	}
	unlock()
	if err := d.Close(soonContext(t)); err != nil {
		t.Fatal(err)
	}
}

// A report that panics ends the program, also with nil where
// GODEBUG=panicnil=1 lets recover return nil for it.
func TestPanicOfAReportEndsTheProgram(t *testing.T) {
	if os.Getenv("RCU_TEST_PANIC") != "" {
		d, _ := stalled(func(Stall) { panic(nil) })
		_ = d.Synchronize(soonContext(t))
		return
	}
	cmd := exec.Command(os.Args[0], "-test.run", "^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), "RCU_TEST_PANIC=1", "GODEBUG=panicnil=1")
	if out, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(out), "panic: nil") {
		t.Errorf("%v\n%s", err, out)
	}
}

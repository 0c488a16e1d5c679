package reclaim

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hazptr/internal/litmus"
)

// A Flush is not over before a pass has begun after it, whatever else calls
// settle meanwhile.
func TestFlushWaitsForALook(t *testing.T) {
	d := NewDomain(Config{})
	var source atomic.Pointer[int]
	source.Store(new(int))
	g := Acquire(&source)
	RetireIn(d, source.Swap(nil), 0, func(*int) {})
	litmus.Eventually(t, "it is kept", func() bool { return d.Stats().Holding == 1 })
	d.pass.turn.take() // no pass
	w, _ := d.ledger.wait(false)
	d.ledger.mu.Lock()
	w.kept = 1 // as the last look has found
	d.ledger.waiters.settle(&d.ledger.rounds)
	waits := len(d.ledger.waiters) == 1
	d.ledger.mu.Unlock()
	d.pass.unlock()
	if !waits {
		t.Error("a Flush that no pass has come after is over")
	}
	g.Release()
	d.bell.ring()
	<-w.done
	closeDomain(t, d)
}

// A waiter that gives up leaves no round behind but one.
func TestWaitersThatGiveUp(t *testing.T) {
	d := NewDomain(Config{MaxPending: 2, Workers: 1})
	hold := make(chan struct{})
	for range 4 {
		RetireIn(d, new(int), 0, func(*int) { <-hold })
	}
	for range 100 {
		if err := d.Barrier(litmus.Expiring(t, time.Microsecond)); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(err)
		}
	}
	d.ledger.mu.Lock()
	waiters, open := len(d.ledger.waiters), len(d.ledger.rounds.open)
	d.ledger.mu.Unlock()
	if waiters != 0 || open > 1 {
		t.Errorf("%d waiters and %d rounds are left", waiters, open)
	}
	close(hold)
	closeDomain(t, d)
}

// A reclaim function that waits for its own domain panics also in the rest of a
// run whose goroutine has called runtime.Goexit.
func TestReclaimFunctionThatWaitsForItselfAfterGoexit(t *testing.T) {
	d := NewDomain(Config{Name: "itself", Workers: 1})
	const objects = 100
	told := make(chan any, objects)
	d.bell.state.Store(awake) // until all are in the queue
	for i := range objects {
		RetireIn(d, new(int), 0, func(*int) {
			if i == 0 {
				runtime.Goexit()
			}
			defer func() { told <- recover() }()
			d.Barrier(litmus.Context(t)) //hazptrvet:ignore on purpose: it panics
		})
	}
	d.pass.turn.take()
	d.pass.make(false)
	d.pass.unlock()
	for range objects - 1 {
		if text, _ := (<-told).(string); !strings.Contains(text, `Barrier of domain "itself" in one of its reclaim functions`) {
			t.Fatalf("%q", text)
		}
	}
	d.bell.state.Store(asleep)
	d.bell.ring()
	closeDomain(t, d)
}

// A hostile is a context whose Err panics.
type hostile struct{ context.Context }

func (hostile) Err() error { panic("Err on purpose") }

// A context that panics when a waiter gives up leaves no waiter behind.
func TestContextThatPanicsLeavesNoWaiter(t *testing.T) {
	d := NewDomain(Config{})
	var source atomic.Pointer[int]
	source.Store(new(int))
	g := Acquire(&source)
	RetireIn(d, source.Swap(nil), 0, func(*int) {})
	ended := make(chan struct{})
	close(ended)
	ctx := hostile{context.Background()}
	litmus.MustPanic(t, "Err on purpose", func() { _ = d.Reclaimer.Barrier(ctx, ended) })
	litmus.MustPanic(t, "Err on purpose", func() { _ = d.Reclaimer.Close(ctx, ended) })
	d.ledger.mu.Lock()
	left := len(d.ledger.waiters)
	d.ledger.mu.Unlock()
	if left != 0 {
		t.Errorf("%d waiters are left", left)
	}
	g.Release()
	closeDomain(t, d)
}

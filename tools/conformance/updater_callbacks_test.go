package conformance

import (
	"context"
	"errors"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// A callback is called after a grace period, and not by the goroutine that
// posts it ("some time after a full grace period elapses": tree.c, call_rcu;
// srcutree.c, call_srcu).
func TestCallRunsAfterAGracePeriodOnAnotherGoroutine(t *testing.T) {
	both(t, func(t *testing.T, d domain) {
		leave := enter(d)
		caller, callee := goroutine(), ""
		called := make(chan struct{})
		d.Call(func() {
			callee = goroutine()
			close(called)
		})
		waits(t, "a callback is called, and one is inside", called)
		leave()
		happens(t, "the callback is called", called)
		if callee == caller {
			t.Error("the callback was called by the goroutine that posted it")
		}
	})
}

// A full grace period: one that was under way already is not enough (call_rcu:
// "after a full grace period elapses, in other words after all pre-existing RCU
// read-side critical sections have completed").
func TestCallNeedsAWholeGracePeriod(t *testing.T) {
	both(t, func(t *testing.T, d domain) {
		patiently(t, "the first grace period does not wait for the second section", func(patience time.Duration) bool {
			first, cookie := enter(d), d.getState()
			done := succeeds(t, d.Synchronize)
			begins(t, d, cookie)
			time.Sleep(patience)
			// After the grace period has begun, before the call.
			second := enter(d)
			called := make(chan struct{})
			d.Call(func() { close(called) })
			polled := d.startPoll()
			synchronized := succeeds(t, d.Synchronize)
			first()
			returned := within(t, patience+brief)
			select {
			case <-done:
			case <-returned.Done():
			}
			waits(t, "a callback is called, and a section that began before it stays", called)
			waits(t, "the second Synchronize returns, and a section that began before it stays", synchronized)
			if d.poll(polled) {
				t.Error("a cookie tells that a grace period has passed, and a section that began before it stays")
			}
			second()
			happens(t, "the first Synchronize returns", done)
			happens(t, "the callback is called", called)
			happens(t, "the second Synchronize returns", synchronized)
			eventually(t, "Poll reports true", func() bool { return d.poll(polled) && d.poll(cookie) })
			return returned.Err() == nil
		})
	})
}

// Callbacks are called in the order of the Calls, one at a time
// (kernel/rcu/rcu_segcblist.h: a list in order; rcu, srcu: Call).
func TestCallbacksRunInOrder(t *testing.T) {
	both(t, func(t *testing.T, d domain) {
		var order []int // the race detector sees it if two run at a time
		const n = 2000
		for i := range n {
			if i == n/2 { // in some grace periods
				happens(t, "Synchronize returns", succeeds(t, d.Synchronize))
			}
			d.Call(func() { order = append(order, i) })
		}
		if err := d.Barrier(within(t, soon)); err != nil {
			t.Fatal(err)
		}
		if len(order) != n || !slices.IsSorted(order) {
			t.Errorf("%d callbacks, in order: %t", len(order), slices.IsSorted(order))
		}
	})
}

// A callback may post another one, wait for a grace period, block, and read
// (rcutorture's forward-progress test has one that posts itself; rcu, srcu:
// Domain).
func TestCallbackMayCallSynchronizeReadAndBlock(t *testing.T) {
	both(t, func(t *testing.T, d domain) {
		again, release := make(chan struct{}), make(chan struct{})
		d.Call(func() {
			enter(d)()
			if err := d.Synchronize(within(t, soon)); err != nil {
				t.Error(err)
			}
			d.Call(func() { close(again) })
			<-release
		})
		happens(t, "another grace period passes while a callback blocks", succeeds(t, d.Synchronize))
		waits(t, "a callback overtakes one that blocks", again)
		close(release)
		happens(t, "the second callback is called", again)
	})
}

// A callback that posts itself again and again holds nothing up, and all are
// called (rcutorture: rcu_torture_fwd_prog_cb).
func TestCallbackThatPostsItself(t *testing.T) {
	both(t, func(t *testing.T, d domain) {
		const n = 100
		left, done := n, make(chan struct{})
		var again func()
		again = func() {
			if left--; left == 0 {
				close(done)
				return
			}
			d.Call(again)
		}
		d.Call(again)
		happens(t, "Synchronize returns", succeeds(t, d.Synchronize))
		// It waits only for what was posted before it.
		happens(t, "Barrier returns", succeeds(t, d.Barrier))
		happens(t, "a hundred are called", done)
	})
}

// A callback that ends its goroutine has returned (runtime.Goexit; rcu, srcu:
// Call).
func TestCallbackMayCallGoexit(t *testing.T) {
	both(t, func(t *testing.T, d domain) {
		called := 0
		for range 3 {
			d.Call(runtime.Goexit)
			d.Call(func() { called++ })
		}
		d.Call(runtime.Goexit)
		happens(t, "Barrier returns", succeeds(t, d.Barrier))
		if called != 3 {
			t.Errorf("%d callbacks were called after one that ended its goroutine, want 3", called)
		}
	})
}

// A callback that panics ends the program, and no other is called on its way
// (rcu, srcu: Call).
func TestCallbackThatPanicsEndsTheProgram(t *testing.T) {
	both(t, func(t *testing.T, d domain) {
		out := endsProgram(t, "on purpose", func() {
			leave := enter(d) // until all are posted
			d.Call(func() { panic("on purpose") })
			for range 1000 {
				d.Call(func() { os.Stdout.WriteString("another callback\n") })
			}
			leave()
		})
		if strings.Contains(out, "another callback") {
			t.Errorf("another callback was called:\n%.1000s", out)
		}
	})
}

// Barrier waits until the callbacks have returned (tree.c, rcu_barrier: "Wait
// until all in-flight call_rcu() callbacks complete").
func TestBarrierWaitsForCallbacks(t *testing.T) {
	both(t, func(t *testing.T, d domain) {
		release := make(chan struct{})
		d.Call(func() { <-release })
		done := succeeds(t, d.Barrier)
		waits(t, "Barrier returns, and a callback has not", done)
		if err := d.Barrier(within(t, time.Millisecond)); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "1 callbacks have not returned") {
			t.Error(err)
		}
		close(release)
		happens(t, "Barrier returns", done)
	})
}

// Barrier waits for the callbacks of before it alone (rcu_barrier:
// "in-flight").
func TestBarrierDoesNotWaitForLaterCallbacks(t *testing.T) {
	both(t, func(t *testing.T, d domain) {
		patiently(t, "Barrier returns, although a callback that was posted after it blocks", func(patience time.Duration) bool {
			first, second := make(chan struct{}), make(chan struct{})
			d.Call(func() { <-first })
			done := succeeds(t, d.Barrier)
			time.Sleep(patience) // and Barrier has begun
			d.Call(func() { <-second })
			close(first)
			returned := within(t, patience+brief)
			select {
			case <-done:
			case <-returned.Done():
			}
			close(second)
			happens(t, "Barrier returns", done)
			happens(t, "Barrier returns", succeeds(t, d.Barrier))
			return returned.Err() == nil
		})
	})
}

// Barrier without a callback does not wait for readers ("if there are no RCU
// callbacks queued anywhere in the system, then rcu_barrier() is within its
// rights to return immediately, without waiting for anything": rcu_barrier).
func TestBarrierDoesNotWaitForReaders(t *testing.T) {
	both(t, func(t *testing.T, d domain) {
		leave := enter(d)
		cookie := d.getState()
		happens(t, "Barrier returns", succeeds(t, d.Barrier))
		if d.poll(cookie) {
			t.Error("a grace period has passed, and one is inside")
		}
		leave()
	})
}

// Close waits for all that was asked for; one that expires leaves the domain
// open (srcutree.c, cleanup_srcu_struct; rcu, srcu: Close).
func TestCloseWaits(t *testing.T) {
	both(t, func(t *testing.T, d domain) {
		leave := enter(d)
		called, release := make(chan struct{}), make(chan struct{})
		d.Call(func() {
			close(called)
			<-release
		})
		if err := d.Close(within(t, time.Millisecond)); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		d.Call(func() {}) // it is still open
		cookie := d.startPoll()
		done := succeeds(t, d.Close)
		waits(t, "Close returns, and a callback has not been called", done)
		leave()
		happens(t, "the callback is called", called)
		waits(t, "Close returns, and a callback has not returned", done)
		close(release)
		happens(t, "Close returns", done)
		if !d.poll(cookie) {
			t.Error("Close has not waited for a poll")
		}
	})
}

// Close waits for a grace period that was asked for by StartPoll alone (rcu,
// srcu: Close).
func TestCloseWaitsForPolls(t *testing.T) {
	both(t, func(t *testing.T, d domain) {
		leave := enter(d)
		cookie := d.startPoll()
		if err := d.Close(within(t, time.Millisecond)); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		done := succeeds(t, d.Close)
		waits(t, "Close returns, and what StartPoll has started has not passed", done)
		leave()
		happens(t, "Close returns", done)
		if !d.poll(cookie) {
			t.Error("Close has not waited for a poll")
		}
	})
}

// Close does not wait for readers where no grace period is wanted (rcu, srcu:
// Close).
func TestCloseDoesNotWaitForReaders(t *testing.T) {
	both(t, func(t *testing.T, d domain) {
		leave := enter(d)
		cookie := d.getState() // wants none
		happens(t, "Close returns", succeeds(t, d.Close))
		leave()
		if d.poll(cookie) {
			t.Error("a grace period has passed that was not wanted")
		}
	})
}

// After Close, Synchronize, Call and StartPoll panic, each by its name; Close
// again does nothing (rcu, srcu: Close).
func TestClosedDomain(t *testing.T) {
	for _, of := range domains {
		t.Run(of.name, func(t *testing.T) {
			d := of.new()
			cookie := d.startPoll()
			var closers sync.WaitGroup
			for range 4 {
				closers.Go(func() {
					if err := d.Close(within(t, soon)); err != nil {
						t.Error(err)
					}
				})
			}
			returns(t, &closers)
			if err := d.Close(ended); err != nil {
				t.Error("again:", err)
			}
			mustPanic(t, of.name+": Call on a closed Domain", func() { d.Call(func() {}) })
			mustPanic(t, of.name+": Synchronize on a closed Domain", func() { _ = d.Synchronize(within(t, soon)) })
			mustPanic(t, of.name+": StartPoll on a closed Domain", func() { d.startPoll() })
			// What isn't said to panic doesn't.
			enter(d)()
			if !d.poll(cookie) || d.poll(d.getState()) {
				t.Error("Poll of a closed Domain")
			}
			if err := d.Barrier(within(t, soon)); err != nil {
				t.Error(err)
			}
		})
	}
}

// A domain has goroutines only while a callback, or a cookie of StartPoll,
// waits for a grace period; it need not be closed for that (rcu, srcu: Domain).
func TestQuietDomainHasNoGoroutines(t *testing.T) {
	for _, of := range domains {
		t.Run(of.name, func(t *testing.T) {
			before := goleak.IgnoreCurrent()
			d := of.new()
			leave := enter(d)
			d.getState()
			if err := goleak.Find(before); err != nil {
				t.Error("nothing is wanted:", err)
			}
			d.Call(func() {})
			cookie := d.startPoll()
			if err := d.Synchronize(within(t, brief)); err == nil {
				t.Error("Synchronize returns, and one is inside")
			}
			leave()
			eventually(t, "a grace period passes", func() bool { return d.poll(cookie) })
			noGoroutines(t, before)
		})
	}
}

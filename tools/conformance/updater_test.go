package conformance

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"hazptr/rcu"
	"hazptr/srcu"
)

// A domain is what rcu and srcu have in common, on the updater's side and for one reader.
type domain struct {
	enter       func() (leave func())
	synchronize func(context.Context) error
	call        func(func())
	barrier     func(context.Context) error
	getState    func() any
	startPoll   func() any
	poll        func(any) bool
	close       func(context.Context) error
}

func ofRCU() domain {
	d := rcu.New()
	return domain{
		enter: func() func() {
			r := d.NewReader()
			r.ReadLock()
			return func() {
				r.ReadUnlock()
				r.Close()
			}
		},
		synchronize: d.Synchronize, call: d.Call, barrier: d.Barrier, close: d.Close,
		getState:  func() any { return d.GetState() },
		startPoll: func() any { return d.StartPoll() },
		poll:      func(c any) bool { return d.Poll(c.(rcu.Cookie)) },
	}
}

func ofSRCU() domain {
	d := srcu.New()
	return domain{
		enter: func() func() {
			section := d.ReadLock()
			return func() { d.ReadUnlock(section) }
		},
		synchronize: d.Synchronize, call: d.Call, barrier: d.Barrier, close: d.Close,
		getState:  func() any { return d.GetState() },
		startPoll: func() any { return d.StartPoll() },
		poll:      func(c any) bool { return d.Poll(c.(srcu.Cookie)) },
	}
}

// both tests a rule with both.
func both(t *testing.T, rule func(*testing.T, domain)) {
	for name, of := range map[string]func() domain{"rcu": ofRCU, "srcu": ofSRCU} {
		t.Run(name, func(t *testing.T) {
			d := of()
			rule(t, d)
			if err := d.close(within(t, soon)); err != nil {
				t.Error(err)
			}
		})
	}
}

func synchronized(t *testing.T, d domain) <-chan struct{} {
	return background(func() {
		if err := d.synchronize(within(t, soon)); err != nil {
			t.Error(err)
		}
	})
}

// "synchronize_rcu() will block until all pre-existing RCU read-side critical sections have completed" (kernel/rcu/tree.c; srcutree.c likewise).
func TestSynchronizeWaitsForSectionsThatHadBegun(t *testing.T) {
	both(t, func(t *testing.T, d domain) {
		first, second := d.enter(), d.enter()
		done := synchronized(t, d)
		waits(t, "Synchronize returns, and two are inside", done)
		first()
		waits(t, "Synchronize returns, and one is inside", done)
		second()
		happens(t, "Synchronize returns", done)
	})
}

// "RCU read-side critical sections that begin after synchronize_rcu() begins" are not waited for.
func TestSynchronizeDoesNotWaitForLaterSections(t *testing.T) {
	both(t, func(t *testing.T, d domain) {
		before := d.enter()
		done := synchronized(t, d)
		waits(t, "Synchronize returns, and one is inside", done)
		later := d.enter()
		before()
		happens(t, "Synchronize returns, although a later section stays", done)
		later()
	})
}

// A reader that enters again and again holds up no grace period.
func TestReadersDoNotStarveAGracePeriod(t *testing.T) {
	both(t, func(t *testing.T, d domain) {
		stop := make(chan struct{})
		var readers []<-chan struct{}
		for range 3 {
			readers = append(readers, background(func() {
				leave := d.enter()
				for {
					select {
					case <-stop:
						leave()
						return
					default:
						next := d.enter() // never outside
						leave()
						leave = next
						runtime.Gosched()
					}
				}
			}))
		}
		for range 20 {
			happens(t, "Synchronize returns", synchronized(t, d))
		}
		close(stop)
		for _, done := range readers {
			<-done
		}
	})
}

// What a context adds to the kernel's: it ends the wait, and nothing else.
func TestSynchronizeThatExpiresLeavesTheDomainUsable(t *testing.T) {
	both(t, func(t *testing.T, d domain) {
		leave := d.enter()
		called := make(chan struct{})
		for range 3 {
			if err := d.synchronize(within(t, time.Millisecond)); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "1 readers are inside") {
				t.Error(err)
			}
		}
		d.call(func() { close(called) })
		if err := d.synchronize(within(t, time.Millisecond)); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		waits(t, "a callback is called, and one is inside", called)
		leave()
		happens(t, "the callback is called", called)
		happens(t, "Synchronize returns", synchronized(t, d))
	})
}

// "call_rcu() - Queue an RCU callback for invocation after a grace period": a full one, and not by the caller.
func TestCallRunsAfterAGracePeriod(t *testing.T) {
	both(t, func(t *testing.T, d domain) {
		leave := d.enter()
		called := make(chan struct{})
		d.call(func() { close(called) })
		waits(t, "a callback is called, and one is inside", called)
		leave()
		happens(t, "the callback is called", called)
	})
}

// A callback that was posted while a grace period is under way needs the next one.
func TestCallNeedsAWholeGracePeriod(t *testing.T) {
	both(t, func(t *testing.T, d domain) {
		first := d.enter()
		done := synchronized(t, d)
		waits(t, "Synchronize returns, and one is inside", done)
		second := d.enter() // after the grace period has begun, before the call
		called := make(chan struct{})
		d.call(func() { close(called) })
		first()
		happens(t, "Synchronize returns", done)
		waits(t, "the callback is called, and a section that began before it stays", called)
		second()
		happens(t, "the callback is called", called)
	})
}

// Callbacks are invoked in the order in which one CPU posted them (rcu_segcblist).
func TestCallbacksRunInOrder(t *testing.T) {
	both(t, func(t *testing.T, d domain) {
		var order []int
		for i := range 1000 {
			d.call(func() { order = append(order, i) })
		}
		if err := d.barrier(within(t, soon)); err != nil {
			t.Fatal(err)
		}
		if len(order) != 1000 || !slices.IsSorted(order) {
			t.Errorf("%d callbacks, in order: %t", len(order), slices.IsSorted(order))
		}
	})
}

// A callback may post another one (Documentation/RCU/torture.rst: the self-propagating callback), wait for a grace period, and block.
func TestCallbackMayCallSynchronizeAndBlock(t *testing.T) {
	both(t, func(t *testing.T, d domain) {
		again, release := make(chan struct{}), make(chan struct{})
		d.call(func() {
			if err := d.synchronize(within(t, soon)); err != nil {
				t.Error(err)
			}
			d.call(func() { close(again) })
			<-release
		})
		happens(t, "another grace period passes while a callback blocks", synchronized(t, d))
		waits(t, "a callback overtakes one that blocks", again)
		close(release)
		happens(t, "the second callback is called", again)
	})
}

// What Go adds to the kernel's: a callback that ends its goroutine has returned.
func TestCallbackMayCallGoexit(t *testing.T) {
	both(t, func(t *testing.T, d domain) {
		called := make(chan struct{})
		d.call(runtime.Goexit)
		d.call(func() { close(called) })
		happens(t, "the next callback is called", called)
		if err := d.barrier(within(t, soon)); err != nil {
			t.Error(err)
		}
	})
}

// A callback that panics ends the program, and no other runs on its way.
func TestCallbackThatPanicsEndsTheProgram(t *testing.T) {
	const variable = "CONFORMANCE_PANIC"
	if name := os.Getenv(variable); name != "" {
		d := map[string]func() domain{"rcu": ofRCU, "srcu": ofSRCU}[name]()
		leave := d.enter() // until all are posted
		d.call(func() { panic("on purpose") })
		for range 1000 {
			d.call(func() { os.Stdout.WriteString("another callback\n") })
		}
		leave()
		time.Sleep(soon)
		return
	}
	for _, name := range []string{"rcu", "srcu"} {
		cmd := exec.Command(os.Args[0], "-test.run", "^"+t.Name()+"$")
		cmd.Env = append(os.Environ(), variable+"="+name)
		out, err := cmd.CombinedOutput()
		if err == nil || !strings.Contains(string(out), "panic: on purpose") || strings.Contains(string(out), "another callback") {
			t.Errorf("%s: %v\n%.1000s", name, err, out)
		}
	}
}

// "rcu_barrier() waits until all in-flight call_rcu() callbacks complete."
func TestBarrierWaitsForCallbacks(t *testing.T) {
	both(t, func(t *testing.T, d domain) {
		release := make(chan struct{})
		d.call(func() { <-release })
		done := background(func() {
			if err := d.barrier(within(t, soon)); err != nil {
				t.Error(err)
			}
		})
		waits(t, "Barrier returns, and a callback has not", done)
		if err := d.barrier(within(t, time.Millisecond)); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "1 callbacks have not returned") {
			t.Error(err)
		}
		close(release)
		happens(t, "Barrier returns", done)
	})
}

// "rcu_barrier() does not necessarily wait for a grace period: if there are no callbacks queued it may return immediately."
func TestBarrierDoesNotWaitForReaders(t *testing.T) {
	both(t, func(t *testing.T, d domain) {
		leave := d.enter()
		if err := d.barrier(within(t, soon)); err != nil {
			t.Error(err)
		}
		leave()
	})
}

// "synchronize_rcu() does not wait for callbacks."
func TestSynchronizeDoesNotWaitForCallbacks(t *testing.T) {
	both(t, func(t *testing.T, d domain) {
		release := make(chan struct{})
		d.call(func() { <-release })
		happens(t, "Synchronize returns", synchronized(t, d))
		close(release)
	})
}

// "get_state_synchronize_rcu() ... poll_state_synchronize_rcu() to determine whether or not a full grace period has elapsed in the meantime." It starts none.
func TestGetStateStartsNothing(t *testing.T) {
	both(t, func(t *testing.T, d domain) {
		cookie := d.getState()
		time.Sleep(brief)
		if d.poll(cookie) {
			t.Error("a grace period has passed that nobody wanted")
		}
		happens(t, "Synchronize returns", synchronized(t, d))
		if !d.poll(cookie) {
			t.Error("a grace period has passed, and the cookie does not tell")
		}
	})
}

// "start_poll_synchronize_rcu() ... If the needed grace period is not already slated to start, notifies RCU core of the need."
func TestStartPollNeedsNobodyElse(t *testing.T) {
	both(t, func(t *testing.T, d domain) {
		leave := d.enter()
		cookie := d.startPoll()
		time.Sleep(brief)
		if d.poll(cookie) {
			t.Error("a grace period has passed, and one is inside")
		}
		leave()
		for end := time.Now().Add(soon); !d.poll(cookie); time.Sleep(100 * time.Microsecond) {
			if time.Now().After(end) {
				t.Fatal("no grace period comes to pass")
			}
		}
	})
}

// "NUM_ACTIVE_RCU_POLL_OLDSTATE ... the maximum number of distinct cookies that are not yet completed": two (include/linux/rcutree.h, srcu.h).
func TestAtMostTwoCookiesAreLive(t *testing.T) {
	both(t, func(t *testing.T, d domain) {
		leave := d.enter()
		live := make(map[any]bool)
		for i := range 20 {
			live[d.getState()] = true
			if i%3 == 0 {
				live[d.startPoll()] = true
			}
			if err := d.synchronize(within(t, 100*time.Microsecond)); err == nil {
				t.Fatal("Synchronize returns, and one is inside")
			}
			live[d.getState()] = true
		}
		if len(live) > 2 {
			t.Errorf("%d cookies are live", len(live))
		}
		for cookie := range live {
			if d.poll(cookie) {
				t.Error("a cookie of the time since one is inside tells that a grace period has passed")
			}
		}
		leave()
	})
}

// Misuse that can be seen.
func TestUpdaterMisuse(t *testing.T) {
	mustPanic(t, "rcu: Call of nil", func() { rcu.New().Call(nil) })
	mustPanic(t, "srcu: Call of nil", func() { srcu.New().Call(nil) })
	mustPanic(t, "rcu: Poll of a Cookie", func() { rcu.New().Poll(rcu.Cookie{}) })
	mustPanic(t, "srcu: Poll of a Cookie", func() { srcu.New().Poll(srcu.Cookie{}) })
}

// Close waits for all that was asked for; afterwards whoever asks for more is told.
func TestCloseWaitsAndEnds(t *testing.T) {
	both(t, func(t *testing.T, d domain) {
		leave := d.enter()
		called := make(chan struct{})
		d.call(func() { close(called) })
		if err := d.close(within(t, time.Millisecond)); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		d.call(func() {}) // it is still open
		cookie := d.startPoll()
		done := background(func() {
			if err := d.close(within(t, soon)); err != nil {
				t.Error(err)
			}
		})
		waits(t, "Close returns, and a callback has not been called", done)
		leave()
		happens(t, "Close returns", done)
		happens(t, "the callback was called", called)
		if !d.poll(cookie) {
			t.Error("Close has not waited for a poll")
		}
		if err := d.close(context.Background()); err != nil {
			t.Error("again:", err)
		}
		mustPanic(t, "Call on a closed Domain", func() { d.call(func() {}) })
		mustPanic(t, "Synchronize on a closed Domain", func() { _ = d.synchronize(context.Background()) })
		mustPanic(t, "StartPoll on a closed Domain", func() { d.startPoll() })
	})
}

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

	"hazptr/rcu"
	"hazptr/srcu"
)

// A domain is what rcu and srcu have in common.
type domain interface {
	newReader() reader
	Synchronize(context.Context) error
	Call(func())
	Barrier(context.Context) error
	Close(context.Context) error
	getState() any // a cookie
	startPoll() any
	poll(cookie any) bool
}

// A reader is somebody whose sections nest, each ending before the one that it is in.
type reader interface {
	ReadLock()
	ReadUnlock()
	Close()
}

type rcuDomain struct{ *rcu.Domain }

func (d rcuDomain) newReader() reader    { return d.NewReader() }
func (d rcuDomain) getState() any        { return d.GetState() }
func (d rcuDomain) startPoll() any       { return d.StartPoll() }
func (d rcuDomain) poll(cookie any) bool { return d.Poll(cookie.(rcu.Cookie)) }

type srcuDomain struct{ *srcu.Domain }

func (d srcuDomain) newReader() reader    { return &srcuReader{domain: d.Domain} }
func (d srcuDomain) getState() any        { return d.GetState() }
func (d srcuDomain) startPoll() any       { return d.StartPoll() }
func (d srcuDomain) poll(cookie any) bool { return d.Poll(cookie.(srcu.Cookie)) }

type srcuReader struct {
	domain   *srcu.Domain
	sections []srcu.Token
}

func (r *srcuReader) ReadLock() { r.sections = append(r.sections, r.domain.ReadLock()) }

func (r *srcuReader) ReadUnlock() {
	last := len(r.sections) - 1
	r.domain.ReadUnlock(r.sections[last])
	r.sections = r.sections[:last]
}

func (r *srcuReader) Close() {}

var domains = []struct {
	name string
	new  func() domain
}{
	{"rcu", func() domain { return rcuDomain{rcu.New()} }},
	{"srcu", func() domain { return srcuDomain{srcu.New()} }},
}

// both tests a rule with both.
func both(t *testing.T, rule func(*testing.T, domain)) {
	for _, of := range domains {
		t.Run(of.name, func(t *testing.T) {
			d := of.new()
			rule(t, d)
			if err := d.Close(within(t, soon)); err != nil {
				t.Error(err)
			}
		})
	}
}

// enter begins a section, which leave ends.
func enter(d domain) (leave func()) {
	r := d.newReader()
	r.ReadLock()
	return func() {
		r.ReadUnlock()
		r.Close()
	}
}

// begins waits until the grace period has begun that cookie, which is of the present, is for: then the present has another.
func begins(t testing.TB, d domain, cookie any) {
	t.Helper()
	eventually(t, "a grace period begins", func() bool { return d.getState() != cookie })
}

// patiently wants an attempt to succeed with some patience: for what must be so when another goroutine has got somewhere, which can't be seen.
func patiently(t testing.TB, what string, attempt func(patience time.Duration) bool) {
	t.Helper()
	for patience := 100 * time.Microsecond; !attempt(patience); patience *= 4 {
		if patience > soon/8 {
			t.Fatal("it does not happen: ", what)
		}
	}
}

// Synchronize waits for the sections that had begun ("after all currently executing RCU read-side critical sections have completed": kernel/rcu/tree.c, synchronize_rcu;
// kernel/rcu/srcutree.c, synchronize_srcu).
func TestSynchronizeWaitsForSectionsThatHadBegun(t *testing.T) {
	both(t, func(t *testing.T, d domain) {
		first, second := enter(d), enter(d)
		done := succeeds(t, d.Synchronize)
		waits(t, "Synchronize returns, and two are inside", done)
		first()
		waits(t, "Synchronize returns, and one is inside", done)
		second()
		happens(t, "Synchronize returns", done)
	})
}

// Synchronize does not wait for later sections, also where they stay ("the caller might well be executing concurrently with new RCU read-side critical sections that began
// while synchronize_rcu() was waiting": synchronize_rcu): neither for a new reader's, nor for one that a reader whom it waited for has entered since.
func TestSynchronizeDoesNotWaitForLaterSections(t *testing.T) {
	both(t, func(t *testing.T, d domain) {
		patiently(t, "Synchronize returns, although later sections stay", func(patience time.Duration) bool {
			idle, again, cookie := d.newReader(), d.newReader(), d.getState()
			again.ReadLock()
			done := succeeds(t, d.Synchronize)
			begins(t, d, cookie)
			time.Sleep(patience) // and has looked at the readers
			again.ReadUnlock()
			for range 3 {
				idle.ReadLock()
				again.ReadLock()
			}
			later := enter(d)
			returned := within(t, patience+brief)
			select {
			case <-done:
			case <-returned.Done():
			}
			for range 3 {
				idle.ReadUnlock()
				again.ReadUnlock()
			}
			later()
			happens(t, "Synchronize returns", done)
			idle.Close()
			again.Close()
			return returned.Err() == nil
		})
	})
}

// Sections nest; the outermost one's end is what counts ("may be nested": synchronize_rcu; include/linux/srcu.h, srcu_read_lock).
func TestSectionsNest(t *testing.T) {
	both(t, func(t *testing.T, d domain) {
		r := d.newReader()
		for range 3 {
			r.ReadLock()
		}
		done := succeeds(t, d.Synchronize)
		for range 2 {
			r.ReadUnlock()
			r.ReadLock()
			r.ReadUnlock()
			waits(t, "Synchronize returns, and the outermost section has not ended", done)
		}
		r.ReadUnlock()
		happens(t, "Synchronize returns", done)
		r.Close()
	})
}

// Readers that enter again and again hold up no grace period, also when there is never a moment at which nobody is inside (synchronize_rcu waits for "currently executing"
// sections alone; srcutree.c, srcu_flip).
func TestReadersDoNotStarveAGracePeriod(t *testing.T) {
	both(t, func(t *testing.T, d domain) {
		stop := make(chan struct{})
		var readers, inside sync.WaitGroup
		inside.Add(3 + 4)
		for range 3 {
			readers.Go(func() {
				r := d.newReader()
				defer r.Close()
				r.ReadLock()
				for inside.Done(); ; r.ReadLock() { // it is outside for no longer than that
					time.Sleep(200 * time.Microsecond)
					r.ReadUnlock()
					select {
					case <-stop:
						return
					default:
					}
				}
			})
		}
		for made := range 4 {
			readers.Go(func() {
				this, next := d.newReader(), d.newReader()
				this.ReadLock()
				inside.Done()
				for {
					select {
					case <-stop:
						this.ReadUnlock()
						this.Close()
						next.Close()
						return
					default:
					}
					next.ReadLock() // this goroutine is never outside
					this.ReadUnlock()
					this, next = next, this
					if made%2 == 0 { // by new readers, too
						next.Close()
						next = d.newReader()
					}
					runtime.Gosched()
				}
			})
		}
		returns(t, &inside)
		happens(t, "some grace periods pass", succeeds(t, func(ctx context.Context) error {
			for range 10 {
				if err := d.Synchronize(ctx); err != nil {
					return err
				}
			}
			return nil
		}))
		close(stop)
		returns(t, &readers)
	})
}

// A context that ends ends the wait, and nothing else (rcu, srcu: Synchronize).
func TestSynchronizeThatExpiresLeavesTheDomainUsable(t *testing.T) {
	both(t, func(t *testing.T, d domain) {
		leave := enter(d)
		called := make(chan struct{})
		for range 3 {
			if err := d.Synchronize(within(t, time.Millisecond)); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "1 readers are inside") {
				t.Error(err)
			}
		}
		d.Call(func() { close(called) })
		patient := succeeds(t, d.Synchronize)
		if err := d.Synchronize(within(t, time.Millisecond)); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		waits(t, "a callback is called, and one is inside", called)
		waits(t, "a Synchronize returns since another one has expired", patient)
		leave()
		happens(t, "the callback is called", called)
		happens(t, "the Synchronize of meanwhile returns", patient)
		happens(t, "Synchronize returns", succeeds(t, d.Synchronize))
	})
}

// Whoever gives up may have been running the grace period that others wait for: they get theirs (rcu, srcu: Synchronize).
func TestSynchronizeThatExpiresLeavesTheOthersTheirGracePeriod(t *testing.T) {
	both(t, func(t *testing.T, d domain) {
		leave, cookie := enter(d), d.getState()
		ctx, cancel := context.WithCancel(context.Background())
		first := background(func() {
			if err := d.Synchronize(ctx); !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		})
		begins(t, d, cookie)
		polled := d.startPoll()
		called := make(chan struct{})
		d.Call(func() { close(called) })
		second := succeeds(t, d.Synchronize)
		cancel()
		happens(t, "the first Synchronize returns", first)
		waits(t, "the second Synchronize returns, and one is inside", second)
		leave()
		happens(t, "the second Synchronize returns", second)
		happens(t, "the callback is called", called)
		eventually(t, "Poll reports true", func() bool { return d.poll(polled) && d.poll(cookie) })
	})
}

// Domains are independent (include/linux/srcu.h: each srcu_struct has its own readers; rcu: Domain).
func TestDomainsAreIndependent(t *testing.T) {
	for _, of := range domains {
		t.Run(of.name, func(t *testing.T) {
			d, other := of.new(), of.new()
			leave := enter(d)
			called := make(chan struct{})
			other.Call(func() { close(called) })
			happens(t, "another domain's Synchronize returns", succeeds(t, other.Synchronize))
			happens(t, "another domain's callback is called", called)
			happens(t, "another domain's Close returns", succeeds(t, other.Close))
			leave()
			happens(t, "Close returns", succeeds(t, d.Close))
		})
	}
}

// A callback is called after a grace period, and not by whoever posts it ("some time after a full grace period elapses": tree.c, call_rcu; srcutree.c, call_srcu).
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

// A full grace period: one that was under way already is not enough (call_rcu: "after a full grace period elapses, in other words after all pre-existing RCU read-side critical
// sections have completed").
func TestCallNeedsAWholeGracePeriod(t *testing.T) {
	both(t, func(t *testing.T, d domain) {
		patiently(t, "the first grace period does not wait for the second section", func(patience time.Duration) bool {
			first, cookie := enter(d), d.getState()
			done := succeeds(t, d.Synchronize)
			begins(t, d, cookie)
			time.Sleep(patience)
			second := enter(d) // after the grace period has begun, before the call
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

// Callbacks are called in the order of the Calls, one at a time (kernel/rcu/rcu_segcblist.h: a list in order; rcu, srcu: Call).
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

// A callback may post another one, wait for a grace period, block, and read (rcutorture's forward-progress test has one that posts itself; rcu, srcu: Domain).
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

// A callback that posts itself again and again holds nobody up, and all are called (rcutorture: rcu_torture_fwd_prog_cb).
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
		happens(t, "Barrier returns", succeeds(t, d.Barrier)) // only for what was posted before it
		happens(t, "a hundred are called", done)
	})
}

// A callback that ends its goroutine has returned (runtime.Goexit; rcu, srcu: Call).
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

// A callback that panics ends the program, and no other is called on its way (rcu, srcu: Call).
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

// Barrier waits until the callbacks have returned (tree.c, rcu_barrier: "Wait until all in-flight call_rcu() callbacks complete").
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

// Barrier waits for the callbacks of before it alone (rcu_barrier: "in-flight").
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

// Barrier without a callback does not wait for readers ("if there are no RCU callbacks queued anywhere in the system, then rcu_barrier() is within its rights to return
// immediately, without waiting for anything": rcu_barrier).
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

// Synchronize does not wait for callbacks: neither it nor Barrier implies the other (Documentation/RCU/rcubarrier.rst; rcu, srcu: Synchronize).
func TestSynchronizeDoesNotWaitForCallbacks(t *testing.T) {
	both(t, func(t *testing.T, d domain) {
		release := make(chan struct{})
		returned := make(chan struct{})
		d.Call(func() {
			defer close(returned)
			<-release
		})
		happens(t, "Synchronize returns", succeeds(t, d.Synchronize))
		waits(t, "a callback returns by itself", returned)
		close(release)
	})
}

// GetState starts nothing; its cookie is over when others have made a grace period pass ("It is the caller's responsibility to make sure that grace period happens":
// srcutree.c, get_state_synchronize_srcu).
func TestGetStateStartsNothing(t *testing.T) {
	both(t, func(t *testing.T, d domain) {
		cookie := d.getState()
		time.Sleep(brief)
		if d.poll(cookie) {
			t.Error("a grace period has passed that nobody wanted")
		}
		happens(t, "Synchronize returns", succeeds(t, d.Synchronize))
		if !d.poll(cookie) {
			t.Error("a grace period has passed, and the cookie does not tell")
		}
		if next := d.getState(); next == cookie || d.poll(next) {
			t.Error("the cookie of after a grace period is that of before it, or over")
		}
	})
}

// StartPoll needs nobody else ("this function also ensures that any needed SRCU grace period will be started": srcutree.c, start_poll_synchronize_srcu).
func TestStartPollNeedsNobodyElse(t *testing.T) {
	both(t, func(t *testing.T, d domain) {
		leave := enter(d)
		cookie := d.startPoll()
		time.Sleep(brief)
		if d.poll(cookie) {
			t.Error("a grace period has passed, and one is inside")
		}
		leave()
		eventually(t, "a grace period passes", func() bool { return d.poll(cookie) })
		for range 3 { // and it stays so
			happens(t, "Synchronize returns", succeeds(t, d.Synchronize))
			if !d.poll(cookie) {
				t.Error("Poll has reported true, and reports false")
			}
		}
	})
}

// No more than two cookies that differ are live at any time (NUM_ACTIVE_RCU_POLL_OLDSTATE, NUM_ACTIVE_SRCU_POLL_OLDSTATE: 2).
func TestAtMostTwoCookiesAreLive(t *testing.T) {
	both(t, func(t *testing.T, d domain) {
		live := make(map[any]bool)
		for range 3 {
			leave := enter(d)
			clear(live)
			for i := range 20 {
				live[d.getState()] = true
				if i%3 == 0 {
					live[d.startPoll()] = true
				}
				if err := d.Synchronize(within(t, 100*time.Microsecond)); err == nil {
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
			for range 2 {
				happens(t, "Synchronize returns", succeeds(t, d.Synchronize))
			}
			for cookie := range live {
				if !d.poll(cookie) {
					t.Error("two grace periods have passed, and a cookie of before them does not tell")
				}
			}
		}
	})
}

// A cookie of the time of a grace period that is given up may tell one grace period late, and no later (rcu, srcu: Poll).
func TestCookieOfAGracePeriodThatWasGivenUp(t *testing.T) {
	both(t, func(t *testing.T, d domain) {
		leave, before := enter(d), d.getState()
		ctx, cancel := context.WithCancel(context.Background())
		givenUp := background(func() {
			if err := d.Synchronize(ctx); !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		})
		begins(t, d, before)
		cookie := d.getState()
		cancel()
		happens(t, "the Synchronize that gives up returns", givenUp)
		if d.poll(cookie) {
			t.Error("a section of before the cookie is under way, and it tells that a grace period has passed")
		}
		leave()
		for range 2 {
			happens(t, "Synchronize returns", succeeds(t, d.Synchronize))
		}
		if !d.poll(cookie) {
			t.Error("two grace periods have passed, and the cookie does not tell")
		}
	})
}

// What StartPoll has started comes to pass also where the grace period of its time was given up, and others have polled since (rcu, srcu: StartPoll, "so that Poll reports true in the
// end").
func TestStartPollOfAGracePeriodThatWasGivenUp(t *testing.T) {
	both(t, func(t *testing.T, d domain) {
		leave, before := enter(d), d.getState()
		ctx, cancel := context.WithCancel(context.Background())
		givenUp := background(func() {
			if err := d.Synchronize(ctx); !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		})
		begins(t, d, before)
		cookies := []any{d.startPoll()}
		cancel()
		happens(t, "the Synchronize that gives up returns", givenUp)
		cookies = append(cookies, d.startPoll(), d.getState(), d.startPoll())
		for _, cookie := range cookies {
			if d.poll(cookie) {
				t.Error("a cookie tells that a grace period has passed, and one is inside")
			}
		}
		leave()
		eventually(t, "Poll reports true of each", func() bool {
			return !slices.ContainsFunc(cookies, func(cookie any) bool { return !d.poll(cookie) })
		})
	})
}

// Those who give up again and again, before any section of the time has ended, hold up nobody who has patience (rcu, srcu: Synchronize ends when the sections have that had begun).
func TestSynchronizeIsNotStarvedByThoseWhoGiveUp(t *testing.T) {
	both(t, func(t *testing.T, d domain) {
		stop := make(chan struct{})
		var all, inside sync.WaitGroup
		inside.Add(2)
		for range 2 { // sections that are longer than the others' patience, and overlap
			all.Go(func() {
				leave := enter(d)
				inside.Done()
				for {
					time.Sleep(2 * time.Millisecond)
					leave()
					select {
					case <-stop:
						return
					default:
						leave = enter(d)
					}
				}
			})
		}
		returns(t, &inside)
		for range 3 {
			all.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
						ctx, cancel := context.WithTimeout(context.Background(), 200*time.Microsecond)
						_ = d.Synchronize(ctx)
						cancel()
					}
				}
			})
		}
		for range 5 {
			happens(t, "a Synchronize that has patience returns", succeeds(t, d.Synchronize))
		}
		called := make(chan struct{})
		d.Call(func() { close(called) })
		happens(t, "the callback is called", called)
		close(stop)
		returns(t, &all)
	})
}

// Misuse that can be seen (rcu, srcu: Poll, and what cannot be called).
func TestUpdaterMisuse(t *testing.T) {
	for _, of := range domains {
		d, other := of.new(), of.new()
		mustPanic(t, of.name+": Call of nil", func() { d.Call(nil) })
		mustPanic(t, of.name+": Poll of a Cookie that this Domain did not return", func() { d.poll(other.getState()) })
		if d.poll(d.getState()) {
			t.Error("a grace period has passed that nobody wanted")
		}
	}
	mustPanic(t, "rcu: Poll of a Cookie that this Domain did not return", func() { rcu.New().Poll(rcu.Cookie{}) })
	mustPanic(t, "srcu: Poll of a Cookie that this Domain did not return", func() { srcu.New().Poll(srcu.Cookie{}) })
}

// Close waits for all that was asked for; one that expires leaves the domain open (srcutree.c, cleanup_srcu_struct; rcu, srcu: Close).
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

// Close waits for a grace period that was asked for by StartPoll alone (rcu, srcu: Close).
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

// Close does not wait for readers where no grace period is wanted (rcu, srcu: Close).
func TestCloseDoesNotWaitForReaders(t *testing.T) {
	both(t, func(t *testing.T, d domain) {
		leave := enter(d)
		cookie := d.getState() // wants none
		happens(t, "Close returns", succeeds(t, d.Close))
		leave()
		if d.poll(cookie) {
			t.Error("a grace period has passed that nobody wanted")
		}
	})
}

// After Close, Synchronize, Call and StartPoll panic, each by its name; Close again does nothing (rcu, srcu: Close).
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

// A domain has goroutines only while callbacks, or those who poll, wait for a grace period; it need not be closed for that (rcu, srcu: Domain).
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

package conformance

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// Synchronize waits for the sections that had begun ("after all currently
// executing RCU read-side critical sections have completed": kernel/rcu/tree.c,
// synchronize_rcu; kernel/rcu/srcutree.c, synchronize_srcu).
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

// Synchronize does not wait for later sections, also where they stay ("the
// caller might well be executing concurrently with new RCU read-side critical
// sections that began while synchronize_rcu() was waiting": synchronize_rcu):
// neither for a new reader's, nor for one that a reader for which it waited has
// entered since.
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

// Sections nest; the outermost one's end is what counts ("may be nested":
// synchronize_rcu; include/linux/srcu.h, srcu_read_lock).
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

// Readers that enter again and again hold up no grace period, also when there
// is never a moment at which none is inside (synchronize_rcu waits for
// "currently executing" sections alone; srcutree.c, srcu_flip).
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
				// It is outside for no longer than that.
				for inside.Done(); ; r.ReadLock() {
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

// A Synchronize that gives up may have been running the grace period that
// others wait for: they get theirs (rcu, srcu: Synchronize).
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

// Domains are independent (include/linux/srcu.h: each srcu_struct has its own
// readers; rcu: Domain).
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

// Synchronize does not wait for callbacks: neither it nor Barrier implies the
// other (Documentation/RCU/rcubarrier.rst; rcu, srcu: Synchronize).
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

// Synchronizes that give up again and again, before any section of the time has
// ended, do not hold up one that has patience (rcu, srcu: Synchronize ends when
// the sections have that had begun).
func TestSynchronizeIsNotStarvedByOthersThatGiveUp(t *testing.T) {
	both(t, func(t *testing.T, d domain) {
		stop := make(chan struct{})
		var all, inside sync.WaitGroup
		inside.Add(2)
		// Sections that are longer than the others' patience, and overlap.
		for range 2 {
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

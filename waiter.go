package hazptr

import (
	"context"
	"fmt"
	"slices"
)

// A waiter waits for the objects that were retired before it came. It is guarded by the domain's mu.
type waiter struct {
	protected bool  // whether it waits for those that are protected, too
	round     int64 // what it waits for was collected in this round, which it began, or in an earlier one
	left      int64 // of what it waits for, the objects that are not reclaimed
	kept      int64 // of left, those that were protected at the last look
	done      chan struct{}
}

const (
	flush   = false
	barrier = true
)

// doneOf returns what is closed when ctx ends. It is called first by each method that waits: a context may be of the user's making, and one that panics must leave nothing
// behind.
func doneOf(ctx context.Context, method string) <-chan struct{} {
	if ctx == nil {
		panic("hazptr: " + method + " with a nil Context")
	}
	return ctx.Done()
}

func isClosed(ended <-chan struct{}) bool {
	select {
	case <-ended:
		return true
	default:
		return false
	}
}

// await waits for what was retired before the call, the protected ones included or not.
func (d *Domain) await(ctx context.Context, method string, protected bool) error {
	d.check(method)
	ended := doneOf(ctx, method)
	w := d.wait(method, protected)
	if w == nil {
		return nil
	}
	// A scanner that falls asleep says so before it looks whether a waiter waits.
	d.rouse()
	d.cutShort()
	select {
	case <-w.done:
		return nil
	case <-ended:
	}
	if d.forget(w) {
		return d.expired(ctx, method)
	}
	return nil
}

// wait returns a waiter, or nil if nothing is pending. It panics if the caller
// would wait for itself.
func (d *Domain) wait(method string, protected bool) *waiter {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ready.refuse(method)
	if d.retiredObjects() == d.ready.done {
		return nil
	}
	number, queued := d.rounds.begin(d)
	w := &waiter{
		protected: protected, round: number, left: d.scanned - d.ready.done + queued, done: make(chan struct{}),
	}
	d.waiters = append(d.waiters, w)
	return w
}

// forget takes w back, and reports whether it still waited.
func (d *Domain) forget(w *waiter) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	i := slices.Index(d.waiters, w)
	if i < 0 {
		return false
	}
	d.waiters = slices.Delete(d.waiters, i, i+1)
	d.rounds.drop(w.round)
	return true
}

func (d *Domain) expired(ctx context.Context, method string) error {
	s := d.Stats()
	what := fmt.Sprintf("pending objects: %d; of them ready, or in reclaim functions that have not returned: %d; hazard pointers that hold the others: %d",
		s.Pending, s.Blocked, s.Holding)
	d.mu.Lock()
	if d.reports.telling {
		what += "; Config.OnStall has not returned"
	}
	d.mu.Unlock()
	return fmt.Errorf("hazptr: %s of domain %q: %s: %w", method, d.config.Name, what, ctx.Err())
}

// awaited reports whether a waiter waits for the scanner.
func (d *Domain) awaited() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.ContainsFunc(d.waiters, func(w *waiter) bool {
		return !d.rounds.collected(w.round) || w.protected && d.oldestKept <= w.round
	})
}

// count takes n objects of a round, which have been reclaimed, off what waiters
// wait for. It is called under mu.
func (d *Domain) count(n int, round int64) {
	for _, w := range d.waiters {
		if round <= w.round {
			w.left -= int64(n)
		}
	}
}

// settle lets those go that need wait no longer. It is called, under mu, when a pass or a run is done.
func (d *Domain) settle() {
	d.waiters = slices.DeleteFunc(d.waiters, func(w *waiter) bool {
		over := d.rounds.collected(w.round) && (w.left == 0 || !w.protected && w.left == w.kept)
		if over {
			close(w.done)
		}
		return over
	})
}

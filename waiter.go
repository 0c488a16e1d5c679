package hazptr

import (
	"context"
	"fmt"
	"slices"
)

// A waiter waits for the objects that were retired before it came. It is guarded by the domain's mu.
type waiter struct {
	protected bool  // whether it waits for those that are protected, too
	after     int64 // rounds after this one begin after it came
	scanned   int64 // the first of these that was completed, or 0: no object that it waits for was collected in a later one
	armed     bool  // all that it waits for are ready or reclaimed: those numbered below target
	target    int64
	done      chan struct{}
}

const (
	flush   = false
	barrier = true
)

// await waits for what was retired before the call, the protected ones included or not.
func (d *Domain) await(ctx context.Context, method string, protected bool) error {
	if d.pending() == 0 {
		return nil
	}
	w := &waiter{protected: protected, done: make(chan struct{})}
	d.mu.Lock()
	w.after = d.round
	d.waiters = append(d.waiters, w)
	d.mu.Unlock()
	// A scanner that falls asleep says so before it looks whether anybody waits.
	d.rouse()
	d.cutShort()
	select {
	case <-w.done:
		return nil
	case <-ctx.Done():
	}
	d.mu.Lock()
	if i := slices.Index(d.waiters, w); i >= 0 {
		d.waiters = slices.Delete(d.waiters, i, i+1)
	}
	d.mu.Unlock()
	select {
	case <-w.done:
		return nil
	default:
		return d.expired(ctx, method)
	}
}

func (d *Domain) expired(ctx context.Context, method string) error {
	s := d.Stats()
	return fmt.Errorf("hazptr: %s of domain %q: pending objects: %d; of them ready, or in reclaim functions that have not returned: %d; hazard pointers that hold the others: %d: %w",
		method, d.config.Name, s.Pending, s.Blocked, s.Holding, ctx.Err())
}

// awaited reports whether somebody waits for the scanner.
func (d *Domain) awaited() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.ContainsFunc(d.waiters, func(w *waiter) bool { return !w.armed })
}

// settle lets those go that need wait no longer. It is called, under mu, when a pass or a run is done.
func (d *Domain) settle() {
	if len(d.waiters) == 0 {
		return
	}
	done := d.ready.doneBelow()
	d.waiters = slices.DeleteFunc(d.waiters, func(w *waiter) bool {
		if w.scanned == 0 && d.complete > w.after {
			w.scanned = d.complete
		}
		if w.scanned != 0 && !w.armed && (!w.protected || d.oldestKept > w.scanned) {
			w.armed, w.target = true, d.ready.added
		}
		if w.armed && done >= w.target {
			close(w.done)
			return true
		}
		return false
	})
}

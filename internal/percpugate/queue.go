package percpugate

import (
	"context"
	"sync"
)

// A waitQueue is the kernel's wait_queue_head: those who wait for a condition look at it again whenever somebody has changed something. The zero waitQueue is
// ready.
type waitQueue struct {
	mu      sync.Mutex
	changed chan struct{} // closed by wake; nil if nobody waits
}

// wake lets everybody look again.
func (q *waitQueue) wake() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.changed != nil {
		close(q.changed)
		q.changed = nil
	}
}

// wait returns nil when condition is true, or ctx's error.
func (q *waitQueue) wait(ctx context.Context, condition func() bool) error {
	for {
		q.mu.Lock()
		if q.changed == nil {
			q.changed = make(chan struct{})
		}
		changed := q.changed
		q.mu.Unlock()
		if condition() {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

package percpugate

import "sync"

// A waitQueue is the kernel's wait_queue_head. What waits for a condition looks
// at it again whenever something has changed. The zero waitQueue is ready.
type waitQueue struct {
	mu      sync.Mutex
	changed chan struct{} // closed by wake; nil if nothing waits
}

// wake lets all waiters look again.
func (q *waitQueue) wake() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.changed != nil {
		close(q.changed)
		q.changed = nil
	}
}

// wait waits until condition is true, and reports whether it is; it is false
// when expired is closed first.
func (q *waitQueue) wait(expired <-chan struct{}, condition func() bool) bool {
	for {
		q.mu.Lock()
		if q.changed == nil {
			q.changed = make(chan struct{})
		}
		changed := q.changed
		q.mu.Unlock()
		if condition() {
			return true
		}
		select {
		case <-changed:
		case <-expired:
			return false
		}
	}
}

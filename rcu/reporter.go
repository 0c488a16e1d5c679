package rcu

import (
	"sync"
	"time"

	"hazptr/internal/goroutine"
)

// A reporter makes a Domain's reports, one at a time. What it is offered while
// it makes one it drops and counts.
type reporter struct {
	mu       sync.Mutex
	returned chan struct{} // closed when the report has returned; or nil
	caller   uintptr       // number of the goroutine that makes it
	dropped  int           // since the last report began
}

// offer has report called on a goroutine of its own, or drops it. One goroutine
// at a time calls it.
func (r *reporter) offer(report func(Stall), age time.Duration, late []late) {
	if dropped, free := r.begin(); free {
		s := newStall(age, late)
		s.Dropped = dropped
		go r.run(report, s)
	}
}

func (r *reporter) begin() (dropped int, free bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.returned != nil {
		r.dropped++
		return 0, false
	}
	r.returned = make(chan struct{})
	dropped, r.dropped = r.dropped, 0
	return dropped, true
}

func (r *reporter) run(report func(Stall), s Stall) {
	r.mu.Lock()
	r.caller = goroutine.Current()
	r.mu.Unlock()
	defer func() { // also when report calls runtime.Goexit
		r.mu.Lock()
		defer r.mu.Unlock()
		close(r.returned)
		r.returned, r.caller = nil, 0
	}()
	report(s)
}

func (r *reporter) underWay() <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.returned
}

// checkCaller panics if the caller is a report, which the method would wait
// for.
func (r *reporter) checkCaller(method string) {
	g := goroutine.Current()
	r.mu.Lock()
	defer r.mu.Unlock()
	if g == r.caller {
		panic("rcu: " + method + " in a report of the same Domain waits for itself; call it on another goroutine")
	}
}

package live

import (
	"math"
	"sync"
	"time"
)

// untilWarning returns how long something may take before it is logged, where
// this is what the Options say. 0 is for ever.
func untilWarning(warn time.Duration) time.Duration {
	if warn == 0 {
		return time.Minute
	}
	return max(0, warn)
}

// remind calls tell when after has passed, and whenever that time has doubled,
// until quiet is called. 0 is never.
func remind(after time.Duration, tell func(passed time.Duration)) (quiet func()) {
	if after == 0 {
		return func() {}
	}
	r := &reminder{passed: after, tell: tell}
	r.mu.Lock() // it may call before timer is set
	defer r.mu.Unlock()
	r.timer = time.AfterFunc(after, r.call)
	return r.stop
}

type reminder struct {
	tell func(time.Duration)

	mu     sync.Mutex // guards what follows
	timer  *time.Timer
	passed time.Duration
	over   bool
}

func (r *reminder) call() {
	if passed, over := r.next(); !over {
		r.tell(passed)
	}
}

func (r *reminder) next() (passed time.Duration, over bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	passed = r.passed
	// It must end in a bubble, where time is no object.
	if !r.over && passed < math.MaxInt64/4 {
		r.timer.Reset(passed)
		r.passed *= 2
	}
	return passed, r.over
}

func (r *reminder) stop() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.over = true
	r.timer.Stop()
}

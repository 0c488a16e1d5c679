package main

import (
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"time"

	"hazptr/tools/internal/way"
)

// A trace knows of every object when its update began, when its last reader left and when it ended.
type trace struct {
	epoch   time.Time
	moments []moment // by the object's number
	over    chan struct{}
	reclaim time.Duration
}

// A moment holds times since the epoch, in ns; 0 is not yet.
type moment struct{ begun, released, ended atomic.Int64 }

func newTrace(objects int, reclaim time.Duration) *trace {
	return &trace{epoch: time.Now().Add(-1), moments: make([]moment, objects), over: make(chan struct{}, 1), reclaim: reclaim}
}

func (t *trace) now() int64 { return int64(time.Since(t.epoch)) }

// ended is called at the end of each object.
func (t *trace) ended(number int) {
	t.moments[number].ended.Store(t.now())
	select {
	case t.over <- struct{}{}:
	default:
	}
	spend(t.reclaim)
}

// spend keeps the processor busy.
func spend(d time.Duration) {
	if d > 0 {
		for begun := time.Now(); time.Since(begun) < d; {
		}
	}
}

// release has r let go of the object at last, and notes when.
func (t *trace) release(s *session, r way.Reader, o *way.Object) {
	s.check(o)
	released := &t.moments[o.Number()].released
	now := t.now()
	for last := released.Load(); last < now && !released.CompareAndSwap(last, now); {
		last = released.Load()
	}
	r.Clear()
}

// request is what a reader does all the time: it has an object for a random time.
func (t *trace) request(s *session, r way.Reader, random *rand.Rand) {
	o := r.Protect(0)
	for until := t.now() + random.Int64N(int64(longestHold)); t.now() < until; {
	}
	t.release(s, r, o)
}

// promptness returns how long the objects took to end.
func (t *trace) promptness(length time.Duration) *promptness {
	p := &promptness{length: length}
	now := t.now()
	for i := range t.moments {
		m := &t.moments[i]
		begun, ended := m.begun.Load(), m.ended.Load()
		if begun == 0 {
			continue
		}
		// Before the update began nobody wanted the object to end. It is not the swap of the pointer that counts: a lock's writer waits before it.
		since := max(begun, m.released.Load())
		if ended > 0 {
			p.ended++
			p.ages = append(p.ages, age{time.Duration(ended - since), true})
		} else {
			p.ages = append(p.ages, age{time.Duration(now - since), false})
		}
	}
	slices.SortFunc(p.ages, func(a, b age) int { return int(a.time - b.time) })
	return p
}

package main

import (
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"hazptr/tools/internal/way"
)

const (
	longestHold = 100 * time.Microsecond // that a reader has an object
	rest        = 2 * time.Millisecond   // between two updates, to become quiet
)

// An age is the time from when its last reader left an object until it ended
// or, if it has not ended, until we looked.
type age struct {
	time time.Duration
	over bool
}

// A promptness is how soon objects ended.
type promptness struct {
	length time.Duration // of the phase
	ended  int
	ages   []age // of all that were replaced, sorted
}

// quantile returns the time after which the share q of all objects had ended.
// If exact is false, it is known only that it is no less: some objects that
// were looked at as early had not ended.
func (p *promptness) quantile(q float64) (t time.Duration, exact bool) {
	if len(p.ages) == 0 {
		return 0, true
	}
	at := max(0, int(math.Ceil(q*float64(len(p.ages))))-1)
	open := slices.ContainsFunc(p.ages[:at+1], func(a age) bool { return !a.over })
	return p.ages[at].time, !open
}

// A trace is a session with one source. It knows of every object when its
// update began, when its last reader left and when it ended.
type trace struct {
	*session
	writer  way.Writer
	epoch   time.Time
	moments []moment // by the object's number
	over    chan struct{}
	reclaim time.Duration
}

// A moment holds times since the epoch, in ns; 0 is not yet.
type moment struct{ begun, released, ended atomic.Int64 }

// newTrace makes a trace in which no more than so many updates are made.
func newTrace(c *options, stock *stock, typ way.UpdateType, updates int) *trace {
	t := &trace{epoch: time.Now().Add(-1), moments: make([]moment, updates+1), over: make(chan struct{}, 1), reclaim: c.Reclaim}
	t.session = newSession(c, stock, typ, 1, updates, t.ended)
	t.writer = t.ending.NewWriter(0)
	return t
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
func (t *trace) release(r way.Reader, o *way.Object) {
	t.check(o)
	released := &t.moments[o.Number()].released
	now := t.now()
	for last := released.Load(); last < now && !released.CompareAndSwap(last, now); {
		last = released.Load()
	}
	r.Clear()
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
		// Before the update began nothing wanted the object to end. It is not
		// the swap of the pointer that counts: a lock's writer waits before it.
		since := max(begun, m.released.Load())
		if t.session != nil && t.typ.Fence {
			since = begun
		}
		over := ended > 0
		if over {
			p.ended++
		} else {
			ended = now
		}
		if !over && t.session != nil && t.typ.When == way.ByUpdates && t.moments[i+1].begun.Load() == 0 {
			continue // no update has come by that could end it
		}
		p.ages = append(p.ages, age{time.Duration(ended - since), over})
	}
	slices.SortFunc(p.ages, func(a, b age) int { return int(a.time - b.time) })
	return p
}

// quietly makes one update at a time, the next one when the last object has
// ended, unless it is the next one that ends it, and some time has passed. A
// reader has the object, and lets it go after a random time from the beginning
// of the update.
func quietly(c *options, stock *stock, typ way.UpdateType) (*promptness, error) {
	updates := int(c.Duration/rest) + 1
	t := newTrace(c, stock, typ, updates)
	r := t.ending.Join()
	random := rand.New(rand.NewPCG(3, 4))
	begun := time.Now()
	for n := 0; n < updates && (n == 0 || time.Since(begun) < c.Duration) && t.failed() == nil; n++ {
		time.Sleep(rest)
		m, o, hold := &t.moments[n], r.Protect(0), random.Int64N(int64(longestHold))
		var reader sync.WaitGroup
		reader.Go(func() {
			for m.begun.Load() == 0 || t.now() < m.begun.Load()+hold {
				runtime.Gosched()
			}
			t.release(r, o)
		})
		t.replace(n)
		reader.Wait()
		for typ.When != way.ByUpdates && m.ended.Load() == 0 {
			select {
			case <-t.over:
				continue
			case <-time.After(c.Duration):
			}
			break
		}
	}
	r.Leave()
	p := t.promptness(time.Since(begun))
	return p, t.close()
}

// replace makes update n: it replaces object n by the next one.
func (t *trace) replace(n int) {
	next := t.take(1)[0]
	if t.typ.When == way.Collected {
		t.objects[n] = nil
	}
	t.moments[n].begun.Store(t.now())
	t.writer.Update(next)
	t.updates.Add(1)
}

// regularly makes so many updates a second, whether or not objects have ended
// meanwhile, while so many readers are busy: each has an object for a random
// time, and then the next.
func regularly(c *options, stock *stock, typ way.UpdateType, readers int) (*promptness, error) {
	updates := max(1, int(c.Duration.Seconds()*float64(c.Rate)))
	t := newTrace(c, stock, typ, updates)
	t.start(readers, func(i int, r way.Reader) {
		random := rand.New(rand.NewPCG(5, uint64(i)))
		for !t.stop.Load() {
			o := r.Protect(0)
			for until := t.now() + random.Int64N(int64(longestHold)); t.now() < until; {
			}
			t.release(r, o)
		}
	})
	begun, made := time.Now(), 0
	for made < updates && (made == 0 || time.Since(begun) < c.Duration) && t.failed() == nil {
		if due := min(updates, int(time.Since(begun).Seconds()*float64(c.Rate))); made >= due {
			time.Sleep(time.Until(begun.Add(time.Duration(float64(made+1) / float64(c.Rate) * 1e9))))
			continue
		}
		t.replace(made)
		made++
	}
	// The readers go on until all has ended: were they to leave, the last
	// objects would have it easier. But what only the collector ends, or one
	// more update, may never end.
	for typ.When == way.Promptly && time.Since(begun) < 5*c.Duration && t.failed() == nil && t.unended(made) {
		time.Sleep(time.Millisecond)
	}
	p := t.promptness(time.Since(begun))
	t.leave()
	return p, t.close()
}

// unended reports whether one of the first n objects has not ended.
func (t *trace) unended(n int) bool {
	for i := range t.moments[:n] {
		if t.moments[i].ended.Load() == 0 {
			return true
		}
	}
	return false
}

package main

import (
	"math"
	"math/rand/v2"
	"runtime"
	"sync/atomic"
	"time"

	"hazptr/tools/internal/way"
)

const (
	longestHold = 100 * time.Microsecond // that a reader has an object
	rest        = 2 * time.Millisecond   // between two updates, for all to become quiet
)

// An age is the time from when its last reader left an object until it ended or, if it has not ended, until we looked.
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

// quantile returns the time after which the share q of all objects had ended. If exact is false, it is known only that it is no less: some objects that
// were looked at as early had not ended.
func (p *promptness) quantile(q float64) (t time.Duration, exact bool) {
	if len(p.ages) == 0 {
		return 0, true
	}
	at := max(0, int(math.Ceil(q*float64(len(p.ages))))-1)
	exact = true
	for _, a := range p.ages[:at+1] {
		exact = exact && a.over
	}
	return p.ages[at].time, exact
}

// quietly makes one update at a time, the next one when the last object has ended and some time has passed. A reader has the object, and lets it go after
// a random time from the beginning of the update.
func quietly(c *options, stock *stock, typ way.UpdateType) (*promptness, error) {
	updates := int(c.Duration/rest) + 1
	t := newTrace(updates+1, c.Reclaim)
	s := newSession(c, stock, typ, 1, updates, t.ended)
	w := s.ending.NewWriter(0)
	begun := time.Now()
	random := rand.New(rand.NewPCG(3, 4))
	asked, left := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(left)
		r := s.ending.Join()
		defer r.Leave()
		for range asked {
			o := r.Protect(0)
			left <- struct{}{} // it has come
			m := &t.moments[o.Number()]
			for m.begun.Load() == 0 {
				runtime.Gosched()
			}
			for until := m.begun.Load() + random.Int64N(int64(longestHold)); t.now() < until; {
				runtime.Gosched()
			}
			t.release(s, r, o)
			left <- struct{}{}
		}
	}()
	for n := 0; n < updates && (n == 0 || time.Since(begun) < c.Duration) && s.failed() == nil; n++ {
		time.Sleep(rest)
		asked <- struct{}{}
		<-left
		t.replace(s, w, n)
		<-left
		for m := &t.moments[n]; m.ended.Load() == 0; {
			select {
			case <-t.over:
				continue
			case <-time.After(c.Duration):
			}
			break
		}
	}
	close(asked)
	<-left
	p := t.promptness(time.Since(begun))
	return p, s.close()
}

// replace makes update n: it replaces object n by the next one.
func (t *trace) replace(s *session, w way.Writer, n int) {
	next := s.take(1)[0]
	if s.typ.When == way.Collected {
		s.objects[n] = nil
	}
	t.moments[n].begun.Store(t.now())
	w.Update(next)
	s.updates.Add(1)
}

// regularly makes so many updates a second, whether or not objects have ended meanwhile, while so many readers are busy with requests.
func regularly(c *options, stock *stock, typ way.UpdateType, readers int) (*promptness, error) {
	updates := max(1, int(c.Duration.Seconds()*float64(c.Rate)))
	t := newTrace(updates+1, c.Reclaim)
	s := newSession(c, stock, typ, 1, updates, t.ended)
	w := s.ending.NewWriter(0)
	s.start(readers, func(i int, r way.Reader) {
		random := rand.New(rand.NewPCG(5, uint64(i)))
		for !s.stop.Load() {
			t.request(s, r, random)
		}
	})
	var made atomic.Int64
	through := make(chan struct{})
	begun := time.Now()
	go func() {
		defer close(through)
		for n := 0; n < updates && (n == 0 || time.Since(begun) < c.Duration) && s.failed() == nil; {
			due := min(updates, int(time.Since(begun).Seconds()*float64(c.Rate)))
			if n >= due {
				time.Sleep(time.Until(begun.Add(time.Duration(float64(n+1) / float64(c.Rate) * 1e9))))
				continue
			}
			t.replace(s, w, n)
			n++
			made.Store(int64(n))
		}
	}()
	<-through
	// The readers go on until all has ended: were they to leave, the last objects would have it easier. But what only the collector ends may never end.
	for typ.When == way.Promptly && time.Since(begun) < 5*c.Duration && s.failed() == nil && t.unended(int(made.Load())) {
		time.Sleep(time.Millisecond)
	}
	p := t.promptness(time.Since(begun))
	s.leave()
	return p, s.close()
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

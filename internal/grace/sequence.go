// Package grace runs the grace periods of a domain, one after the other, for those who want one: who waits for it, who posts a callback, who polls. What
// a grace period is, package rcu and package srcu know.
package grace

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// A Sequence is the grace periods of one domain, numbered from 1. One is under way at a time: whoever synchronizes runs it, or a goroutine that exists
// while callbacks or polls want one. Callbacks are invoked by another goroutine, in the order in which they were posted.
//
// What is wanted at some time is the end of a grace period that begins after it: the next one, or the next but one while one is under way. Its number is the
// cookie of that time. So no more than two cookies are live at once. One of the time of a grace period that was given up is the next but one's still when that begins
// again, and is over one later than need be: to tell it from those of the second beginning would take a third.
type Sequence struct {
	readers Readers
	name    string // of the package, for errors and panics

	mu       sync.Mutex    // guards what follows
	ended    uint64        // the last grace period that has ended
	underway bool          // whether the next one has begun
	turn     chan struct{} // closed when it ends, or is given up
	waiting  int           // goroutines that wait for that
	polled   uint64        // the highest cookie that was given to somebody who polls
	paying   bool          // whether there is a goroutine that runs grace periods
	closed   bool

	posted   uint64 // callbacks, ever
	pending  []batch
	ready    batch // callbacks whose grace period has ended
	invoking bool  // whether there is a goroutine that invokes them
	pool     pool
	barriers []barrier

	// invoked counts the callbacks that have returned. sought is the lowest count that a Barrier waits for, or has waited for. The invoker stores the first and
	// then loads the second, a Barrier does it the other way round; all are sequentially consistent, so one of the two finds out.
	invoked atomic.Uint64
	sought  atomic.Uint64
}

// Readers are those of a domain.
type Readers interface {
	// GracePeriod returns true when every reader that was in a read section at the time of the call has left it. It returns false, early, when wanted
	// reports that nobody wants to know any more. One goroutine calls it at a time.
	GracePeriod(wanted func() bool) bool

	// Inside returns how many readers are in a read section.
	Inside() int
}

// A barrier waits until so many callbacks have been invoked.
type barrier struct {
	target uint64
	done   chan struct{}
}

// Init must come before all other methods.
func (s *Sequence) Init(name string, readers Readers) {
	s.name, s.readers = name, readers
	s.turn = make(chan struct{})
	s.sought.Store(math.MaxUint64)
}

// Synchronize returns when a whole grace period has passed, or with an error when ctx ends.
func (s *Sequence) Synchronize(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.check("Synchronize")
	wanted := func() bool { return ctx.Err() == nil }
	for cookie := s.cookie(); s.ended < cookie; {
		switch {
		case ctx.Err() != nil:
			return s.expired(ctx, "Synchronize")
		case s.underway:
			s.wait(ctx)
		default:
			s.run(wanted)
		}
	}
	return nil
}

// State returns the cookie of the present.
func (s *Sequence) State() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cookie()
}

// Start returns the cookie of the present, and sees to it that its grace period comes.
func (s *Sequence) Start() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.check("StartPoll")
	cookie := s.cookie()
	s.polled = max(s.polled, cookie) // it may be lower, when a grace period has been given up
	s.begin()
	return cookie
}

// Over reports whether the grace period of cookie has ended.
func (s *Sequence) Over(cookie uint64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ended >= cookie
}

// Call has f invoked after a grace period.
func (s *Sequence) Call(f func()) {
	if f == nil {
		panic(s.name + ": Call of nil")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.check("Call")
	// When a grace period has been given up, the last cookie may be higher than the present one.
	if n := len(s.pending); n == 0 || s.pending[n-1].cookie < s.cookie() {
		s.pending = append(s.pending, batch{cookie: s.cookie()})
	}
	s.pending[len(s.pending)-1].push(f, &s.pool)
	s.posted++
	s.begin()
}

// Barrier returns when every callback that was posted before it has been invoked and has returned, or with an error when ctx ends.
func (s *Sequence) Barrier(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.invoked.Load() >= s.posted {
		return nil
	}
	b := barrier{target: s.posted, done: make(chan struct{})}
	s.barriers = append(s.barriers, b)
	s.settle()
	s.mu.Unlock()
	select {
	case <-b.done:
	case <-ctx.Done():
	}
	s.mu.Lock()
	if s.invoked.Load() >= b.target {
		s.settle()
		return nil
	}
	s.barriers = slices.DeleteFunc(s.barriers, func(other barrier) bool { return other == b })
	s.settle()
	return s.expired(ctx, "Barrier")
}

// Close returns when all that was asked of the Sequence has been done and its goroutines are on their way out: no method but Poll, State and Barrier may
// be called any more. If ctx ends first it returns an error, and the Sequence stays open.
func (s *Sequence) Close(ctx context.Context) error {
	for {
		if err := s.Barrier(ctx); err != nil {
			return err
		}
		s.mu.Lock()
		switch {
		case s.closed:
			s.mu.Unlock()
			return nil
		case s.underway || s.owed():
			if ctx.Err() != nil {
				defer s.mu.Unlock()
				return s.expired(ctx, "Close")
			}
			s.wait(ctx)
			s.mu.Unlock()
		case s.posted != s.invoked.Load() || s.paying || s.invoking:
			s.mu.Unlock() // it won't be for long
			time.Sleep(time.Microsecond)
		default:
			s.closed = true
			s.mu.Unlock()
			return nil
		}
	}
}

// The methods below are called under mu.

func (s *Sequence) check(method string) {
	if s.closed {
		panic(s.name + ": " + method + " on a closed Domain")
	}
}

func (s *Sequence) expired(ctx context.Context, method string) error {
	return fmt.Errorf("%s: %s: %d readers are inside, %d callbacks have not returned: %w", s.name, method, s.readers.Inside(), s.posted-s.invoked.Load(), ctx.Err())
}

// cookie returns the number of the first grace period that is yet to begin.
func (s *Sequence) cookie() uint64 {
	if s.underway {
		return s.ended + 2
	}
	return s.ended + 1
}

// wait waits until a grace period ends or is given up, or until ctx ends. It gives up mu meanwhile.
func (s *Sequence) wait(ctx context.Context) {
	turn := s.turn
	s.waiting++
	s.mu.Unlock()
	select {
	case <-turn:
	case <-ctx.Done():
	}
	s.mu.Lock()
	s.waiting--
}

// run runs the next grace period, if need be not to its end. It gives up mu meanwhile. No other goroutine runs one.
func (s *Sequence) run(wanted func() bool) {
	s.underway = true
	passed := false
	defer func() {
		if !passed && s.anybody() {
			// Others want it: it stays under way, lest those who give up early come first again and again.
			go func() {
				s.mu.Lock()
				defer s.mu.Unlock()
				s.run(func() bool {
					s.mu.Lock()
					defer s.mu.Unlock()
					return s.anybody()
				})
			}()
			return
		}
		s.underway = false
		if passed {
			s.ended++
			s.ripen()
		}
		if s.waiting > 0 {
			close(s.turn)
			s.turn = make(chan struct{})
		}
	}()
	s.mu.Unlock()
	defer s.mu.Lock() // also when it panics
	passed = s.readers.GracePeriod(wanted)
}

// anybody reports whether somebody wants a grace period but the one who runs it.
func (s *Sequence) anybody() bool { return s.waiting > 0 || s.owed() }

// owed reports whether a callback or somebody who polls wants a grace period.
func (s *Sequence) owed() bool { return len(s.pending) > 0 || s.polled > s.ended }

// begin starts the goroutine that runs what is owed, unless it runs.
func (s *Sequence) begin() {
	if !s.paying {
		s.paying = true
		go s.pay()
	}
}

func (s *Sequence) pay() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.owed() {
		if s.underway {
			s.wait(context.Background())
		} else {
			s.run(always)
		}
	}
	s.paying = false
}

func always() bool { return true }

// ripen makes the callbacks ready whose grace period has ended.
func (s *Sequence) ripen() {
	ripe := 0
	for ; ripe < len(s.pending) && s.pending[ripe].cookie <= s.ended; ripe++ {
		s.ready.join(s.pending[ripe])
	}
	if ripe == 0 {
		return
	}
	s.pending = slices.Delete(s.pending, 0, ripe)
	if !s.invoking {
		s.invoking = true
		go new(invoker).loop(s)
	}
}

// settle lets those go whose callbacks have been invoked, and tells the invoker what the others wait for.
func (s *Sequence) settle() {
	sought := uint64(math.MaxUint64)
	for _, b := range s.barriers {
		sought = min(sought, b.target)
	}
	s.sought.Store(sought)
	invoked := s.invoked.Load()
	s.barriers = slices.DeleteFunc(s.barriers, func(b barrier) bool {
		if b.target <= invoked {
			close(b.done)
		}
		return b.target <= invoked
	})
}

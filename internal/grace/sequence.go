// Package grace runs the grace periods of an rcu or srcu domain, one after the
// other, for its waiters, callbacks and polls. Packages rcu and srcu know what
// a grace period is.
package grace

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"hazptr/internal/goroutine"
)

// A Sequence is the grace periods of one domain, numbered from 1. One is under
// way at a time. It is run by a caller of Synchronize, or by a goroutine that
// exists while callbacks or polls want one. Callbacks are invoked by another
// goroutine, in the order in which they were posted.
//
// What is wanted at some time is the end of a grace period that begins after
// it: the next one, or the next but one while one is under way. Its number is
// the cookie of that time. So no more than two cookies are live at once.
//
// A grace period may be given up, and begin again. A cookie taken while it was
// under way first is the number of the next but one. While it is under way
// again that is still the cookie, and it is over one grace period later than
// need be. A third live cookie would be needed to tell it from the cookies of
// the second beginning.
type Sequence struct {
	readers Readers
	name    string // of the package, for errors and panics

	mu       sync.Mutex    // guards what follows
	ended    uint64        // the last grace period that has ended
	underway bool          // whether the next one has begun
	turn     chan struct{} // closed when it ends, or is given up
	waiting  int           // goroutines waiting for turn, for a grace period
	closing  int           // goroutines waiting for turn in Close, for none
	carried  chan struct{} // closed when what is carried on is unwanted
	running  int           // calls of Synchronize
	polled   uint64        // the highest cookie that was given to a poller
	paying   bool          // whether a goroutine runs grace periods
	closed   bool

	posted   uint64 // callbacks, ever
	pending  []batch
	ready    batch // callbacks whose grace period has ended
	invoking bool  // whether there is a goroutine that invokes them
	pool     pool
	barriers []barrier

	// invoked counts the callbacks that have returned. sought is the lowest
	// count that a Barrier waits for, or has waited for. The invoker stores the
	// first and then loads the second. A Barrier does it the other way round.
	// All are sequentially consistent, so one of the two sees the other's
	// store.
	invoked atomic.Uint64
	sought  atomic.Uint64

	// invoker is the number of the goroutine that invokes callbacks, or 0.
	invoker atomic.Uintptr
}

// Readers are those of a domain.
type Readers interface {
	// GracePeriod returns true when every reader that was in a read section at
	// the time of the call has left it. It returns false, early, when unwanted
	// is closed. One goroutine calls it at a time.
	GracePeriod(unwanted <-chan struct{}) bool

	// Inside returns how many readers are in a read section.
	Inside() int

	// Reporting returns a channel that is closed when the user's report of a
	// stalled grace period has returned, or nil if none is being made. Only
	// GracePeriod begins one.
	Reporting() <-chan struct{}
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

// Made reports whether Init has been called.
func (s *Sequence) Made() bool { return s.readers != nil }

// The methods of a context are the user's code: they may block, panic and come
// back here. So they are called without mu, and either before anything is
// registered or after it has been undone. What waits looks at the channel.

// Synchronize returns when a whole grace period has passed, or with an error
// when ctx ends.
func (s *Sequence) Synchronize(ctx context.Context) error {
	expired := s.expiry("Synchronize", ctx)
	if !s.synchronize(expired) {
		return s.expired("Synchronize", ctx)
	}
	return nil
}

func (s *Sequence) synchronize(expired <-chan struct{}) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.check("Synchronize")
	s.running++
	defer func() {
		if s.running--; s.running == 0 {
			s.proceed() // Close waits for the last
		}
	}()
	for cookie := s.cookie(); s.ended < cookie; {
		switch {
		case isClosed(expired):
			return false
		case s.underway:
			s.wait(expired)
		default:
			s.run(expired)
		}
	}
	return true
}

// expiry returns the channel that is closed when ctx ends.
func (s *Sequence) expiry(method string, ctx context.Context) <-chan struct{} {
	if ctx == nil {
		panic(s.name + ": " + method + " with a nil Context")
	}
	return ctx.Done()
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// expired returns the error of a method whose ctx has ended.
func (s *Sequence) expired(method string, ctx context.Context) error {
	s.mu.Lock()
	callbacks := s.posted - s.invoked.Load()
	s.mu.Unlock()
	reporting := ""
	if s.readers.Reporting() != nil {
		reporting = ", a report of a stall has not returned"
	}
	return fmt.Errorf("%s: %s: %d readers are inside, %d callbacks have not returned%s: %w", s.name, method, s.readers.Inside(), callbacks, reporting, ctx.Err())
}

// State returns the cookie of the present.
func (s *Sequence) State() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cookie()
}

// Start returns the cookie of the present, and ensures that its grace
// period comes.
func (s *Sequence) Start() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.check("StartPoll")
	cookie := s.cookie()
	// It may be lower, when a grace period has been given up.
	s.polled = max(s.polled, cookie)
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
	// When a grace period has been given up, the last cookie may be higher than
	// the present one.
	if n := len(s.pending); n == 0 || s.pending[n-1].cookie < s.cookie() {
		s.pending = append(s.pending, batch{cookie: s.cookie()})
	}
	s.pending[len(s.pending)-1].push(f, &s.pool)
	s.posted++
	s.begin()
}

// Barrier returns when every callback that was posted before it has been
// invoked and has returned, or with an error when ctx ends.
func (s *Sequence) Barrier(ctx context.Context) error {
	expired := s.expiry("Barrier", ctx)
	s.checkCaller("Barrier")
	if !s.barrier(expired) {
		return s.expired("Barrier", ctx)
	}
	return nil
}

func (s *Sequence) barrier(expired <-chan struct{}) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.callbacks(expired)
}

// checkCaller panics if the caller is a callback, which a method that waits
// for callbacks would wait for.
func (s *Sequence) checkCaller(method string) {
	if goroutine.Current() == s.invoker.Load() {
		panic(s.name + ": " + method + " in a callback of the same Domain waits for itself; call it on another goroutine")
	}
}

// Close returns when all that was asked of the Sequence has been done, by
// Synchronize too, and its goroutines are on their way out: no method but Poll,
// State and Barrier may be called any more. If ctx ends first it returns an
// error, and the Sequence stays open.
func (s *Sequence) Close(ctx context.Context) error {
	expired := s.expiry("Close", ctx)
	s.checkCaller("Close")
	if !s.close(expired) {
		return s.expired("Close", ctx)
	}
	return nil
}

func (s *Sequence) close(expired <-chan struct{}) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for !s.closed {
		reporting := s.readers.Reporting()
		switch {
		case s.underway || s.running > 0 || s.owed():
			if isClosed(expired) {
				return false
			}
			s.closing++
			s.await(s.turn, expired)
			s.closing--
		case s.posted != s.invoked.Load():
			if !s.callbacks(expired) {
				return false
			}
		case s.paying || s.invoking:
			s.mu.Unlock()
			time.Sleep(time.Microsecond) // it won't be for long
			s.mu.Lock()
		case reporting != nil:
			if isClosed(expired) {
				return false
			}
			s.await(reporting, expired)
		default:
			s.closed = true
		}
	}
	return true
}

// The methods below are called under mu.

func (s *Sequence) check(method string) {
	if s.closed {
		panic(s.name + ": " + method + " on a closed Domain")
	}
}

// cookie returns the number of the first grace period that is yet to begin.
func (s *Sequence) cookie() uint64 {
	if s.underway {
		return s.ended + 2
	}
	return s.ended + 1
}

// callbacks waits until the callbacks that were posted before have returned,
// and reports whether they have. It gives up mu meanwhile.
func (s *Sequence) callbacks(expired <-chan struct{}) bool {
	if s.invoked.Load() >= s.posted {
		return true
	}
	b := barrier{target: s.posted, done: make(chan struct{})}
	s.barriers = append(s.barriers, b)
	s.settle()
	s.await(b.done, expired)
	s.barriers = slices.DeleteFunc(s.barriers, func(other barrier) bool { return other == b })
	s.settle()
	return s.invoked.Load() >= b.target
}

// wait waits until a grace period ends or is given up. It gives up mu
// meanwhile.
func (s *Sequence) wait(expired <-chan struct{}) {
	s.waiting++
	s.await(s.turn, expired)
	s.waiting--
	if s.carried != nil && !s.wanted() {
		close(s.carried)
		s.carried = nil
	}
}

// proceed wakes the goroutines that wait for the end of a grace period.
func (s *Sequence) proceed() {
	if s.waiting+s.closing > 0 {
		close(s.turn)
		s.turn = make(chan struct{})
	}
}

// await waits until one of two channels is closed. It gives up mu meanwhile.
func (s *Sequence) await(c, expired <-chan struct{}) {
	s.mu.Unlock()
	select {
	case <-c:
	case <-expired:
	}
	s.mu.Lock()
}

// run runs the next grace period, if need be not to its end. It gives up mu
// meanwhile. No other goroutine runs one.
func (s *Sequence) run(unwanted <-chan struct{}) {
	s.underway = true
	passed := false
	defer func() {
		if !passed && s.wanted() {
			// Others want it, so it stays under way. Otherwise callers that
			// give up early could come first again and again.
			go s.carry()
			return
		}
		s.underway, s.carried = false, nil
		if passed {
			s.ended++
			s.ripen()
		}
		s.proceed()
	}()
	s.mu.Unlock()
	defer s.mu.Lock() // also when it panics
	passed = s.readers.GracePeriod(unwanted)
}

// carry runs a grace period on that another goroutine has given up, for as long
// as any wants it.
func (s *Sequence) carry() {
	s.mu.Lock()
	defer s.mu.Unlock()
	unwanted := make(chan struct{})
	if s.carried = unwanted; !s.wanted() {
		close(unwanted)
		s.carried = nil
	}
	s.run(unwanted)
}

// wanted reports whether anything wants a grace period, besides the goroutine
// that runs it.
func (s *Sequence) wanted() bool { return s.waiting > 0 || s.owed() }

// owed reports whether a callback or a poller wants a grace period.
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
			s.wait(nil)
		} else {
			s.run(nil)
		}
	}
	s.paying = false
}

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

// settle wakes the Barriers whose callbacks have been invoked, and tells the
// invoker what the others wait for.
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

package interleave

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hazptr/internal/yield"
)

// A Scheduler runs Threads one at a time. There is one Scheduler at a time.
//
// A Thread that blocks, on a lock that another one holds or on a channel, loses
// its turn. To find that out at once, and in the same way each time, everything
// runs on one of the runtime's Ps. The Scheduler lets all others run a few
// times. A Thread that has not come to a point by then waits for another
// Thread. What it waits for comes in another one's turn. Then it comes to its
// next point before the turn after that.
//
// The Threads have Ps of their own, two of them. A pinned Thread stays pinned
// while others have a turn, on the other P. So what it does while pinned is
// interleaved with what others do, as it is in truth.
type Scheduler struct {
	t        testing.TB
	schedule schedule
	threads  []*Thread
	arrived  chan arrival
	passed   int // points
	last     int // the Thread that had the last turn

	current atomic.Pointer[Thread] // the one that has the turn
	left    atomic.Int64           // points that it may pass yet
	trail   []step                 // points passed by the one with the turn

	failed  atomic.Bool
	mu      sync.Mutex // guards what follows
	failure string
}

// A Scheduler is what package yield wants.
var _ yield.Runner = (*Scheduler)(nil)

const (
	procs = 2

	// patience is how often all others are let run before a Thread is taken to
	// be blocked. Once should do.
	patience = 5

	// mostPoints is how many points may be passed. After that the Threads are
	// taken not to come to an end.
	mostPoints = 300_000

	// mostWaits is how many milliseconds all may be blocked.
	mostWaits = 1000
)

// New returns a Scheduler for the rest of the test, whose turns the bytes tell.
// What has storage for each P should be made after it, so that it is for the
// Threads' Ps.
func New(t testing.TB, bytes []byte) *Scheduler {
	s := &Scheduler{t: t, schedule: bytes, last: -1, arrived: make(chan arrival, 16)}
	before := runtime.GOMAXPROCS(1)
	yield.Install(s)
	t.Cleanup(func() {
		yield.Install(nil)
		runtime.GOMAXPROCS(before)
	})
	return s
}

// Go adds a Thread that will run f.
func (s *Scheduler) Go(f func(*Thread)) {
	id := len(s.threads)
	s.threads = append(s.threads, &Thread{ID: id, s: s, f: f, turn: make(chan struct{}, 1), state: running, proc: id % procs})
}

// Errorf makes the test fail, and everything stop where it stands. A goroutine
// in the midst of the library can't be ended.
func (s *Scheduler) Errorf(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.failed.Swap(true) {
		s.failure = fmt.Sprintf(format, args...)
	}
}

// Run runs the Threads to their ends. After that the caller may use their
// storage.
func (s *Scheduler) Run() {
	s.t.Helper()
	for _, t := range s.threads {
		go t.run()
		for t.state == running {
			s.arrive(<-s.arrived)
		}
	}
	for !s.failed.Load() && !s.over() {
		next := s.schedule.next(s.last)
		t := s.choose(next.thread)
		switch {
		case t == nil:
			s.endure()
		case s.passed > mostPoints:
			s.Errorf("the threads don't come to an end")
		default:
			s.give(t, next)
		}
	}
	if s.failed.Load() {
		s.t.Fatal(s.report())
	}
}

// choose returns a Thread that can go on: the one with the number, or the next
// one. Threads that wait come last.
func (s *Scheduler) choose(number int) *Thread {
	var waits *Thread
	for i := range s.threads {
		t := s.threads[(number+i)%len(s.threads)]
		switch {
		case t.pins.Load() == 0 && s.pinned(0) && s.pinned(1): // it has no P
		case t.state == ready:
			return t
		case t.state == waiting && waits == nil:
			waits = t
		}
	}
	return waits
}

// give gives t a turn, until it comes to a point, ends or blocks.
func (s *Scheduler) give(t *Thread, next turn) {
	for _, other := range s.threads {
		if other.state == waiting {
			other.state = ready
		}
	}
	if t.pins.Load() == 0 {
		if next.moves {
			t.proc = 1 - t.proc
		}
		if s.pinned(t.proc) {
			t.proc = 1 - t.proc
		}
	}
	s.last, t.state = t.ID, running
	s.left.Store(int64(next.points))
	s.current.Store(t)
	t.turn <- struct{}{}
	for rounds := 0; ; rounds++ {
		runtime.Gosched()
		s.drain()
		if t.state != running {
			break
		}
		if rounds < patience {
			continue
		}
		if t.pins.Load() == 0 {
			t.state = blocked
			break
		}
		if rounds == patience+mostWaits {
			s.Errorf("thread %d blocks while it is pinned", t.ID)
			break
		}
		time.Sleep(time.Millisecond)
	}
	s.current.Store(nil)
	s.passed += 1 + next.points - int(max(0, s.left.Load()))
	// What it has let go of may be what others are blocked by.
	for rounds := 0; rounds < patience && s.blocked(); rounds++ {
		runtime.Gosched()
		s.drain()
	}
}

// endure waits for a Thread that is blocked, perhaps by a timer. If none comes
// to a point they wait for one another.
func (s *Scheduler) endure() {
	// Where the machine is busy, many short waits are not one long one.
	for range mostWaits {
		if s.drain() {
			return
		}
		time.Sleep(time.Millisecond)
	}
	s.Errorf("no thread can go on")
}

// drain notes which Threads have come to a point, and reports whether any has.
func (s *Scheduler) drain() (some bool) {
	for {
		select {
		case a := <-s.arrived:
			s.arrive(a)
			some = true
		default:
			return some
		}
	}
}

func (s *Scheduler) arrive(a arrival) { a.Thread.state = a.state }

// pinned reports whether a Thread is pinned to the P.
func (s *Scheduler) pinned(proc int) bool {
	for _, t := range s.threads {
		if t.pins.Load() > 0 && t.proc == proc {
			return true
		}
	}
	return false
}

func (s *Scheduler) blocked() bool {
	for _, t := range s.threads {
		if t.state == blocked {
			return true
		}
	}
	return false
}

func (s *Scheduler) over() bool {
	for _, t := range s.threads {
		if t.state != ended {
			return false
		}
	}
	return true
}

// caller returns the Thread whose goroutine calls, or nil.
func (s *Scheduler) caller() *Thread {
	id := identity()
	if id == nil {
		return nil
	}
	for _, t := range s.threads {
		if t.identity == id {
			return t
		}
	}
	return nil
}

// Here implements [yield.Runner].
func (s *Scheduler) Here(point string) {
	if t := s.caller(); t != nil {
		t.point(point, ready)
	}
}

// Wait implements [yield.Runner].
func (s *Scheduler) Wait(point string) bool {
	t := s.caller()
	if t != nil {
		t.point(point, waiting)
	}
	return t != nil
}

// Runs implements [yield.Runner].
func (s *Scheduler) Runs() bool { return s.caller() != nil }

// Pin implements [yield.Runner].
func (s *Scheduler) Pin() (p int, runs bool) {
	t := s.caller()
	if t == nil {
		return 0, false
	}
	if t.pins.Load() == 0 {
		t.point("pin", ready)
	}
	t.pins.Add(1)
	return t.proc, true
}

// Unpin implements [yield.Runner].
func (s *Scheduler) Unpin() (runs bool) {
	t := s.caller()
	if t == nil {
		return false
	}
	t.pins.Add(-1)
	return true
}

// Procs implements [yield.Runner].
func (s *Scheduler) Procs() int { return procs }

// report tells the failure, and how it came to it.
func (s *Scheduler) report() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b strings.Builder
	b.WriteString(s.failure)
	for _, t := range s.threads {
		fmt.Fprintf(&b, "\n%v", t)
	}
	if s.blocked() {
		stacks := make([]byte, 1<<20)
		for _, stack := range strings.Split(string(stacks[:runtime.Stack(stacks, true)]), "\n\n") {
			if strings.Contains(stack, "(*Thread).run(") {
				b.WriteString("\n" + stack)
			}
		}
	}
	const most = 300
	if n := len(s.trail); n > most {
		fmt.Fprintf(&b, "\nthe last of %d points:", n)
		s.trail = s.trail[n-most:]
	}
	last := -1
	for _, at := range s.trail {
		if at.thread != last {
			fmt.Fprintf(&b, "\nthread %d:", at.thread)
			last = at.thread
		}
		b.WriteString(" " + at.point)
	}
	return b.String()
}

package interleave

import (
	"context"
	"fmt"
	"runtime/debug"
	"runtime/pprof"
	"strconv"
	"sync/atomic"
	"unsafe"
)

// A Thread is one of the goroutines of a [Scheduler].
type Thread struct {
	ID int

	s        *Scheduler
	f        func(*Thread)
	identity unsafe.Pointer // of its goroutine
	turn     chan struct{}  // has room for one
	state    state          // the Scheduler's

	proc  int          // the P that it is on; the Scheduler's
	pins  atomic.Int32 // even a Thread taken to be blocked may change it
	whole int          // calls of Whole that are under way
}

// A state is what the Scheduler knows of a Thread.
type state int

const (
	ready   state = iota // at a point
	waiting              // likewise, and another may have to go on first
	running              // has the turn
	blocked              // lost the turn: it waits elsewhere than at a point
	ended
)

func (s state) String() string {
	return [...]string{"ready", "waiting", "running", "blocked", "ended"}[s]
}

// Step is a point between two operations of the test.
func (t *Thread) Step() { t.point("step", ready) }

// Wait is a point of a Thread that waits for what others do.
func (t *Thread) Wait() { t.point("wait", waiting) }

// Whole calls f, within which there are no points, unless it waits.
func (t *Thread) Whole(f func()) {
	t.whole++
	defer func() { t.whole-- }()
	f()
}

// point lets the Scheduler choose which Thread goes on.
func (t *Thread) point(name string, as state) {
	s := t.s
	// A Thread that was blocked may have lost its turn.
	if s.current.Load() == t && !s.failed.Load() {
		if t.whole > 0 && as == ready {
			return
		}
		s.trail = append(s.trail, step{t.ID, name})
		if s.left.Add(-1) >= 0 && as == ready {
			return
		}
	}
	s.arrived <- arrival{t, as}
	<-t.turn
}

// run is the Thread's goroutine.
func (t *Thread) run() {
	pprof.SetGoroutineLabels(pprof.WithLabels(context.Background(), pprof.Labels("thread", strconv.Itoa(t.ID))))
	t.identity = identity()
	defer func() {
		if r := recover(); r != nil {
			t.s.Errorf("thread %d: panic: %v\n%s", t.ID, r, debug.Stack())
		} else if t.pins.Load() > 0 {
			t.s.Errorf("thread %d ends pinned", t.ID)
		}
		t.s.arrived <- arrival{t, ended}
	}()
	t.s.arrived <- arrival{t, ready}
	<-t.turn
	t.f(t)
}

func (t *Thread) String() string {
	s := fmt.Sprintf("thread %d on P %d: %v", t.ID, t.proc, t.state)
	if t.pins.Load() > 0 {
		s += ", pinned"
	}
	return s
}

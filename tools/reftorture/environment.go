package main

import (
	"context"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"hazptr"
)

// disturbed counts what was done to the environment.
type disturbed struct{ onoffs, shuffles, collections, traces, signals atomic.Int64 }

// An environment is what the actors run in, as Go has it.
type environment struct {
	procs   int
	percent int
	limit   int64

	mu    sync.Mutex
	still bool // it stays as it is

	tracer *hazptr.Domain // open while hazard pointers are traced
}

// trace begins to trace hazard pointers, or ends it.
func (e *environment) trace() {
	if e.tracer == nil {
		e.tracer = hazptr.NewDomain(hazptr.Config{Trace: true})
		return
	}
	if err := e.tracer.Close(context.Background()); err != nil {
		panic(err) // nothing is retired in it
	}
	e.tracer = nil
}

// restore ends what calm leaves, when no disturber is left.
func (e *environment) restore() {
	e.calm()
	if e.tracer != nil {
		e.trace()
	}
}

// disturb lets the disturbers change it, from how it was before.
func (e *environment) disturb() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.still {
		e.reset()
	}
	e.still = false
}

// calm makes it as it was, but for tracing.
func (e *environment) calm() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.still = true
	e.reset()
}

func (e *environment) reset() {
	runtime.GOMAXPROCS(e.procs)
	debug.SetGCPercent(e.percent)
	debug.SetMemoryLimit(e.limit)
	unshuffle()
}

// crowd has all actors of the crowd scene run at the same time on two CPUs.
func (e *environment) crowd() {
	e.calm()
	runtime.GOMAXPROCS(orderReaders + 1)
	huddle()
}

// disturb changes the environment until over is closed. disturbers are the
// goroutines that do.
func (t *torture) disturb(disturbers *sync.WaitGroup, over <-chan struct{}) *environment {
	e := &environment{procs: runtime.GOMAXPROCS(0), percent: debug.SetGCPercent(100), limit: debug.SetMemoryLimit(-1)}
	debug.SetGCPercent(e.percent)
	every := func(name string, interval time.Duration, do func(c *choice)) {
		if interval == 0 {
			return
		}
		c := newChooser(t.Seed, name)
		disturbers.Go(func() {
			for {
				choice := c.next()
				select {
				case <-over:
					return
				case <-time.After(interval/2 + time.Duration(choice.of(1000))*interval/1000):
					e.mu.Lock()
					if !e.still {
						do(&choice)
					}
					e.mu.Unlock()
				}
			}
		})
	}
	every("onoff", t.OnOff, func(c *choice) {
		if c.one(2) {
			runtime.GOMAXPROCS(e.procs) // more often as it is
		} else {
			runtime.GOMAXPROCS(1 + c.of(2*e.procs))
		}
		t.disturbed.onoffs.Add(1)
	})
	every("shuffle", t.Shuffle, func(c *choice) {
		if shuffle(c) {
			t.disturbed.shuffles.Add(1)
		}
	})
	every("gc", t.Collect, func(c *choice) {
		switch c.of(6) {
		default:
			runtime.GC()
		case 0:
			debug.SetGCPercent(1)
		case 1:
			debug.SetGCPercent(100)
		case 2:
			// Less than is in use: the collector runs all the time, or nearly.
			debug.SetMemoryLimit(16 << 20)
			time.Sleep(20 * time.Millisecond)
			debug.SetMemoryLimit(e.limit)
		case 3:
			debug.FreeOSMemory()
		}
		t.disturbed.collections.Add(1)
	})
	every("trace", t.Tracing, func(*choice) {
		e.trace()
		t.disturbed.traces.Add(1)
	})
	every("signals", t.Signals, func(c *choice) {
		for range 1 + c.of(200) {
			preempt()
			t.spin(time.Duration(c.of(50)) * time.Microsecond)
		}
		t.disturbed.signals.Add(1)
	})
	return e
}

package main

import (
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"
)

// disturbed counts what was done to the environment.
type disturbed struct{ onoffs, shuffles, collections, signals atomic.Int64 }

// An environment is what the actors run in, as Go has it.
type environment struct {
	procs   int
	percent int
	limit   int64

	mu   sync.Mutex
	calm bool // it is as it was
}

// set says whether it is to be as it was.
func (e *environment) set(calm bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if calm && !e.calm {
		runtime.GOMAXPROCS(e.procs)
		debug.SetGCPercent(e.percent)
		debug.SetMemoryLimit(e.limit)
		unshuffle()
	}
	e.calm = calm
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
					if !e.calm {
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
	every("signals", t.Signals, func(c *choice) {
		for range 1 + c.of(200) {
			preempt()
			t.spin(time.Duration(c.of(50)) * time.Microsecond)
		}
		t.disturbed.signals.Add(1)
	})
	return e
}

package bench

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"hazptr/tools/internal/result"
	"hazptr/tools/internal/way"
)

// An experiment is one type with one number of readers, and the timed section of it one run.
type experiment struct {
	typ     way.ReadType
	readers int
	loops   int
	length  int // of the list, or 0
	delay   way.Delay
	updates int
	cores   int
	cpus    []int // what the readers are pinned to in turn; none: they are not pinned

	gate     *barrier
	ready    atomic.Int64  // readers about to begin the timed section
	finished atomic.Int64  // readers through with it
	sum      atomic.Uint64 // of what they read there
	started  []time.Time   // each one's timed section
	ended    []time.Time
	failed   []error
}

// reads returns how many objects one read section reads.
func (e *experiment) reads() int { return max(1, e.length) }

// run makes the mechanism, and the readers, who go through start, warm-up, timed section and cool-down together: at each of these every reader waits
// until all are there.
func (e *experiment) run() (result.Run, time.Duration, error) {
	head := way.NewList(e.reads())
	m := e.typ.New(head)
	e.gate = newBarrier(e.readers)
	e.ready.Store(0)
	e.finished.Store(0)
	e.sum.Store(0)
	e.started = make([]time.Time, e.readers)
	e.ended = make([]time.Time, e.readers)
	e.failed = make([]error, e.readers)

	var u *updater
	if e.updates > 0 {
		u = startUpdater(m, head.Next(), e.updates)
	}
	var readers sync.WaitGroup
	for i := range e.readers {
		readers.Add(1)
		go func() {
			defer readers.Done()
			e.read(m, i)
		}()
	}
	readers.Wait()
	var run result.Run
	if u != nil {
		run.Replaced = u.end()
		m.Close()
		runtime.GC() // the next experiment is not to pay for this one's garbage
	} else {
		m.Close()
	}

	if want := uint64(e.readers) * uint64(e.loops) * uint64(e.reads()); e.sum.Load() != want {
		return run, 0, fmt.Errorf("%s with %d readers: the values read add up to %d, not to %d: an object was read after its end",
			e.typ.Name, e.readers, e.sum.Load(), want)
	}
	first, last := e.started[0], e.ended[0]
	for i := range e.readers {
		if e.failed[i] != nil {
			return run, 0, fmt.Errorf("a reader could not be pinned (-pin never does without): %w", e.failed[i])
		}
		if e.started[i].Before(first) {
			first = e.started[i]
		}
		if e.ended[i].After(last) {
			last = e.ended[i]
		}
		run.Threads = append(run.Threads, e.ended[i].Sub(e.started[i]))
	}
	elapsed := last.Sub(first)
	busy := float64(min(e.readers, e.cores)) // cores
	run.NS = float64(elapsed) * busy / (float64(e.readers) * float64(e.loops) * float64(e.reads()))
	return run, elapsed, nil
}

// fastest runs a number of times and returns the shortest timed section.
func (e *experiment) fastest(times int) (time.Duration, error) {
	var least time.Duration
	for i := range times {
		_, elapsed, err := e.run()
		if err != nil {
			return 0, err
		}
		if i == 0 || elapsed < least {
			least = elapsed
		}
	}
	return least, nil
}

// read is reader i.
func (e *experiment) read(m way.Mechanism, i int) {
	// Never unlocked: a thread that was pinned ends with its goroutine instead of running others.
	runtime.LockOSThread()
	if len(e.cpus) > 0 {
		e.failed[i] = bind(e.cpus[i%len(e.cpus)])
	}
	r := m.Join()
	defer r.Leave()
	some := max(1, e.loops/8)

	e.gate.wait() // start
	e.section(r, some)
	e.gate.wait() // warm-up
	e.together()
	e.started[i] = time.Now()
	sum := e.section(r, e.loops)
	e.ended[i] = time.Now()
	e.sum.Add(sum)
	e.finished.Add(1)

	// Cool-down: go on reading, so that those who still measure meet the same traffic. With more readers than cores that would take their time.
	for e.atOnce() && e.finished.Load() < int64(e.readers) {
		e.section(r, max(1, some/64))
	}
	e.gate.wait()
}

// atOnce reports whether all readers can run at once.
func (e *experiment) atOnce() bool { return e.readers <= e.cores }

// together makes readers who can run at once begin at once: after a barrier that blocks, threads wake up one after the other, some of them milliseconds
// late when the machine has other work.
func (e *experiment) together() {
	e.ready.Add(1)
	for spins := 1; e.atOnce() && e.ready.Load() < int64(e.readers); spins++ {
		if spins%10_000 == 0 {
			runtime.Gosched()
		}
	}
}

func (e *experiment) section(r way.LoopReader, loops int) uint64 {
	if e.length > 0 || e.delay > 0 {
		return r.Walk(loops, e.delay)
	}
	return r.Read(loops)
}

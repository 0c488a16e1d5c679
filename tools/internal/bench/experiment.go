package bench

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"hazptr/tools/internal/way"
)

// An experiment is one type with one number of readers.
type experiment struct {
	typ     way.ReadType
	readers int
	loops   int
	length  int // of the list, or 0
	delay   way.Delay
	updates int
	cores   int
	cpus    []int // the readers are pinned to these in turn, if any
}

// A run is the timed section of an experiment. At its start, after the warm-up
// and after the cool-down each reader waits until all are there. The readers
// block: were they to spin, the ones that run would keep the ones that have yet
// to arrive off the CPU.
type run struct {
	*experiment
	start, warm, cool sync.WaitGroup
	ready             atomic.Int64  // readers about to begin the timed section
	finished          atomic.Int64  // readers through with it
	sum               atomic.Uint64 // of what they read there
	epoch             time.Time

	// Each reader's timed section, since the epoch.
	begun, ended []time.Duration

	failed []error

	elapsed  time.Duration // from the first reader's begin to the last's end
	ns       float64       // per read and core
	replaced float64       // updates per second that were made meanwhile
}

// reads returns how many objects one read section reads.
func (e *experiment) reads() int { return max(1, e.length) }

// run makes the mechanism, and the readers, which go through start, warm-up,
// timed section and cool-down together.
func (e *experiment) run() (*run, error) {
	head := way.NewList(e.reads())
	m := e.typ.New(head)
	r := &run{
		experiment: e, epoch: time.Now(),
		begun: make([]time.Duration, e.readers), ended: make([]time.Duration, e.readers), failed: make([]error, e.readers),
	}
	for _, all := range []*sync.WaitGroup{&r.start, &r.warm, &r.cool} {
		all.Add(e.readers)
	}
	var u *updater
	if e.updates > 0 {
		u = startUpdater(m, head.Next(), e.updates)
	}
	var readers sync.WaitGroup
	for i := range e.readers {
		readers.Go(func() { r.read(m, i) })
	}
	readers.Wait()
	if u != nil {
		r.replaced = u.end()
	}
	m.Close()
	if u != nil {
		runtime.GC() // the next run is not to pay for this one's garbage
	}

	reads := uint64(e.readers) * uint64(e.loops) * uint64(e.reads())
	if sum := r.sum.Load(); sum != reads {
		return nil, fmt.Errorf("%s with %d readers: the values read add up to %d, not to %d: an object was read after its end",
			e.typ.Name, e.readers, sum, reads)
	}
	for _, err := range r.failed {
		if err != nil {
			return nil, fmt.Errorf("a reader could not be pinned (-pin never does without): %w", err)
		}
	}
	r.elapsed = slices.Max(r.ended) - slices.Min(r.begun)
	r.ns = float64(r.elapsed) * float64(min(e.readers, e.cores)) / float64(reads)
	return r, nil
}

// fastest runs a number of times and returns the shortest timed section.
func (e *experiment) fastest(times int) (time.Duration, error) {
	least := time.Duration(math.MaxInt64)
	for range times {
		r, err := e.run()
		if err != nil {
			return 0, err
		}
		least = min(least, r.elapsed)
	}
	return least, nil
}

// read is reader i.
func (r *run) read(m way.Mechanism, i int) {
	// Never unlocked: a thread that was pinned ends with its goroutine instead
	// of running others.
	runtime.LockOSThread()
	if len(r.cpus) > 0 {
		r.failed[i] = bind(r.cpus[i%len(r.cpus)])
	}
	reader := m.Join()
	defer reader.Leave()
	some := max(1, r.loops/8)

	await(&r.start)
	r.section(reader, some)
	await(&r.warm)
	r.together()
	r.begun[i] = time.Since(r.epoch)
	sum := r.section(reader, r.loops)
	r.ended[i] = time.Since(r.epoch)
	r.sum.Add(sum)
	r.finished.Add(1)

	// Cool-down: go on reading, so that readers that still measure meet the
	// same traffic. With more readers than cores that would take their time.
	for r.atOnce() && r.finished.Load() < int64(r.readers) {
		r.section(reader, max(1, some/64))
	}
	await(&r.cool)
}

// await returns when all readers have called it.
func await(all *sync.WaitGroup) {
	all.Done()
	all.Wait()
}

// atOnce reports whether all readers can run at once.
func (e *experiment) atOnce() bool { return e.readers <= e.cores }

// together makes readers that can run at once begin at once: after a wait that
// blocks, threads wake up one after the other, some of them milliseconds late
// when the machine has other work.
func (r *run) together() {
	r.ready.Add(1)
	for spins := 1; r.atOnce() && r.ready.Load() < int64(r.readers); spins++ {
		if spins%10_000 == 0 {
			runtime.Gosched()
		}
	}
}

// section makes so many read sections, and adds up what they read.
func (e *experiment) section(reader way.LoopReader, loops int) uint64 {
	if e.length > 0 || e.delay > 0 {
		return reader.Walk(loops, e.delay)
	}
	return reader.Read(loops)
}

package reclaim

import (
	"reflect"
	"runtime"
	"time"

	"hazptr/internal/fence"
	"hazptr/internal/goexit"
	"hazptr/internal/yield"
)

// A worker calls reclaim functions. It is a goroutine while there are any to
// call; with Options.Inline also a caller of Retire is one for a while.
type worker struct {
	ledger *ledger
	loop   func() // work, made once so that its start doesn't allocate
	inline bool   // it is a caller of Retire, or of what ends a protection
	brief  bool   // it is the latter, which one run is enough for

	goroutine uintptr // that calls its reclaim functions

	// What it has in hand. from moves on as it gets on. It is empty between
	// runs.
	run span

	n     int // objects that its run had at the beginning; 0 between runs
	bytes int64

	longest int   // objects in a run, at most: about as many as take runTime
	looked  int64 // when it looked at the clock
	since   int   // objects that it was given since then
	yielded int64 // when it let others run
	slice   int64 // how long it keeps its P from others

	// Objects that had been handed to workers when it got its run, and that
	// run's.
	after int64

	// Reclaim functions that have returned, ever. readyList.done lags behind by
	// a run.
	returned fence.Word

	// The object whose reclaim function it has called, and which has not
	// returned. It is set where stalls are watched for.
	current suspect

	told   int64   // the age of current when a stall was reported, or 0
	toldAt uintptr // returned at that time
}

const (
	// maxRun is how many objects a worker takes at a time when there are many.
	// Those behind one whose reclaim function blocks wait for it; when there
	// are few, or reclaim functions take long, a run is shorter.
	maxRun = 128

	// runTime is how long a run should take.
	runTime = 20 * time.Microsecond

	// A worker keeps its P from others for as long as a run takes, or a part of
	// the time for which they have kept it, but not for more than maxSlice.
	slicePart = 4
	maxSlice  = 5 * time.Millisecond
)

func (w *worker) work() {
	over, ran := false, false
	defer func() {
		// A panic on a goroutine of the library's own ends the program, and no
		// other reclaim function is called on its way. Otherwise another
		// goroutine goes on: after runtime.Goexit, and after a panic in a
		// caller of Retire, which the caller may recover.
		if !over && (w.inline || goexit.UnderWay()) {
			w.current.clear()
			w.ledger.disown(w)
			go w.loop()
		}
	}()
	if w.n > 0 { // the rest of a run that another goroutine began
		w.ledger.own(w)
	}
	for {
		w.reclaim()
		if !w.ledger.finishRun(w) {
			over = true
			return
		}
		if w.brief && ran && w.ledger.relieve(w) {
			over = true
			go w.loop()
			return
		}
		ran = true
		if w.looked-w.yielded > w.slice {
			w.yield()
		}
	}
}

// begin begins the worker's work. It is called, as pace and give, under the
// ledger's lock.
func (w *worker) begin() {
	w.looked, w.since = w.ledger.clock.now(), 0
	w.yielded, w.slice = w.looked, int64(runTime)
}

// pace makes runs longer or shorter, after one that is done.
func (w *worker) pace() {
	if w.since < w.longest {
		return // the clock is dear beside a short run of short functions
	}
	now := w.ledger.clock.now()
	switch took := time.Duration(now-w.looked) * time.Duration(w.longest) / time.Duration(w.since); {
	case took > 2*runTime:
		w.longest = max(1, w.longest/2)
	case took < runTime/2:
		w.longest = min(2*w.longest, maxRun)
	}
	w.looked, w.since = now, 0
}

// give gives the worker a run, or none.
func (w *worker) give(run span) {
	w.run, w.n, w.bytes = run, int(run.to-run.from), 0
	w.since += w.n
}

// yield lets others run. Reclaim comes in bits, so that readers that wait for a
// P need not wait for all of it. Where others stay for a scheduler's time slice
// each, bits are longer, or reclaim would get next to nothing.
func (w *worker) yield() {
	before := w.ledger.clock.now()
	runtime.Gosched()
	now := w.ledger.clock.now()
	w.slice = min(max(int64(runTime), (now-before)/slicePart), int64(maxSlice))
	w.yielded = now
	w.looked, w.since = now, 0 // others' time is not that of reclaim functions
}

// reclaim calls the reclaim functions of the rest of w's run. What it knows is
// in w before each call, which need not return.
func (w *worker) reclaim() {
	c, to, bytes, returned, watched := w.run.chunk, w.run.to, w.bytes, w.returned.Own(), w.ledger.stallAfter() > 0
	for i := w.run.from; i < to; i++ {
		// Taken away before the call: while it unmaps the object, no pointer to
		// it must be left here.
		o := c.take(i)
		w.run.from = i + 1
		bytes += o.bytes
		w.bytes = bytes
		if watched {
			w.current.set(o)
		}
		if yield.Enabled {
			yield.Here("reclaim")
		}
		o.end()
		if watched {
			w.current.clear()
		}
		returned++
		w.returned.Publish(returned)
	}
}

// A crew is the workers. It is guarded by the ledger's lock.
type crew struct {
	limit   int       // workers with a goroutine of their own
	workers []*worker // every one that was ever needed
	idle    []*worker // those without a goroutine
	started int       // workers that have a goroutine of their own
}

func (c *crew) running() int { return len(c.workers) - len(c.idle) }

// returned returns how many reclaim functions have returned, in a sum that may
// wrap.
func (c *crew) returned() (n uintptr) {
	for _, w := range c.workers {
		n += w.returned.Load()
	}
	return n
}

// oldest returns the earliest round of an object in hand, or never. It may be
// that of one that has been reclaimed a moment ago.
func (c *crew) oldest() int64 {
	oldest := int64(never)
	for _, w := range c.workers {
		if w.n > 0 {
			oldest = min(oldest, w.run.round)
		}
	}
	return oldest
}

// calls reports whether the goroutine is in a reclaim function.
func (c *crew) calls(goroutine uintptr) bool {
	for _, w := range c.workers {
		if w.n > 0 && w.goroutine == goroutine {
			return true
		}
	}
	return false
}

// dismiss takes back a worker that has no run. Its goroutine must no longer use
// it.
func (c *crew) dismiss(w *worker) {
	c.idle = append(c.idle, w)
	if !w.inline {
		c.started--
	}
}

var workEntry uintptr

func init() { workEntry = reflect.ValueOf((*worker).work).Pointer() }

// Reclaiming reports whether the caller was called by a reclaim function.
func Reclaiming() bool {
	var pcs [64]uintptr
	for skip := 1; ; skip += len(pcs) {
		n := runtime.Callers(skip, pcs[:])
		for _, pc := range pcs[:n] {
			if f := runtime.FuncForPC(pc - 1); f != nil && f.Entry() == workEntry {
				return true
			}
		}
		if n < len(pcs) {
			return false
		}
	}
}

package hazptr

import (
	"fmt"
	"reflect"
	"runtime"
	"time"

	"hazptr/internal/fence"
	"hazptr/internal/goexit"
	"hazptr/internal/goroutine"
	"hazptr/internal/yield"
)

// A readyList has the objects of a domain that nothing protects any more, in the order in which they are reclaimed, and the workers that do it.
//
// All is guarded by the domain's mu, but for what a worker has in hand.
type readyList struct {
	d     *Domain
	limit int // workers with a goroutine of their own

	spans []span
	next  int // index of the first that isn't handed out
	gone  int // spans that stood before spans[0], since the start

	added  int64 // objects, since the start
	handed int64 // of added, those handed to workers
	done   int64 // of handed, those whose reclaim function has returned, and been counted

	doneBytes int64 // as RetireIn was told

	workers []*worker // every one that was ever needed
	idle    []*worker // those without a goroutine
	started int       // workers that have a goroutine of their own
}

// A worker calls reclaim functions. It is a goroutine while there are any to call; with Config.ReclaimInline also a caller of Retire is one for a while.
type worker struct {
	d      *Domain
	loop   func() // work, made once so that starting the goroutine allocates nothing
	inline bool   // it is a caller of Retire

	goroutine uintptr // that calls its reclaim functions

	run   span // what it has in hand; from moves on as it gets on; empty between runs
	n     int  // objects that its run had at the beginning; 0 between runs
	bytes int64

	longest int   // objects in a run, at most: as many as take runTime, more or less
	looked  int64 // when it looked at the clock
	since   int   // objects that it was given since then
	yielded int64 // when it let others run
	slice   int64 // how long it keeps its P from others

	after int64 // objects that had been handed to workers when it got its run, and that run's

	returned fence.Word // reclaim functions that have returned, ever; done lags behind by a run
	current  suspect    // the object that it has called a reclaim function for, which has not returned; set where stalls are watched for

	told   int64   // the age of current when a stall was reported, or 0
	toldAt uintptr // returned at that time
}

const (
	// maxRun is how many objects a worker takes at a time when there are many. Those behind one whose reclaim function blocks wait for it; when there are
	// few, or reclaim functions take long, a run is shorter.
	maxRun = 128

	// runTime is how long a run should take.
	runTime = 20 * time.Microsecond

	// A worker keeps its P from others for as long as a run takes, or a part of the time for which they have kept it, but not for more than maxSlice.
	slicePart = 4
	maxSlice  = 5 * time.Millisecond
)

func (l *readyList) init(d *Domain, workers int) { l.d, l.limit = d, workers }

func (l *readyList) running() int { return len(l.workers) - len(l.idle) }

// waiting returns how many objects are ready or being reclaimed.
func (l *readyList) waiting() int64 { return l.added - l.done }

// add appends the spans, which have n objects. Somebody must start a worker, or be one.
func (l *readyList) add(spans []span, n int) {
	if l.next > 0 && len(l.spans)+len(spans) > cap(l.spans) {
		l.gone += l.next
		l.spans = l.spans[:copy(l.spans, l.spans[l.next:])]
		l.next = 0
	}
	for _, s := range spans {
		// Objects that become ready one by one are often neighbours.
		if last := len(l.spans) - 1; last >= l.next && l.spans[last].chunk == s.chunk && l.spans[last].to == s.from && l.spans[last].round == s.round {
			l.spans[last].to = s.to
			continue
		}
		l.spans = append(l.spans, s)
	}
	l.added += int64(n)
}

// start starts one more worker, if there may be one.
func (l *readyList) start() {
	if l.started < l.limit {
		l.started++
		w := l.hire()
		w.inline = false
		go w.loop()
	}
}

// hire returns a worker that isn't at work.
func (l *readyList) hire() *worker {
	if last := len(l.idle) - 1; last >= 0 {
		w := l.idle[last]
		l.idle = l.idle[:last]
		return w
	}
	w := &worker{d: l.d, longest: maxRun}
	w.loop = w.work
	l.workers = append(l.workers, w)
	return w
}

// turn takes w's run, which it has done, off its hands and gives it the next one. It reports whether there is one; if not, w is idle, and its goroutine
// must no longer touch it.
func (l *readyList) turn(w *worker) bool {
	if w.n == 0 {
		w.looked, w.since = l.d.clock(), 0
		w.yielded, w.slice = w.looked, int64(runTime)
	} else {
		l.done += int64(w.n)
		l.d.count(w.n, w.run.round)
		l.doneBytes += w.bytes
		if b := l.d.bound; b != nil {
			b.pending.Add(-w.bytes)
		}
		l.d.chunks.let(w.run.chunk, w.n)
		// The clock is dear beside a short run of short functions.
		if w.since >= w.longest {
			now := l.d.clock()
			switch took := time.Duration(now-w.looked) * time.Duration(w.longest) / time.Duration(w.since); {
			case took > 2*runTime:
				w.longest = max(1, w.longest/2)
			case took < runTime/2:
				w.longest = min(2*w.longest, maxRun)
			}
			w.looked, w.since = now, 0
		}
		w.run, w.n, w.bytes = span{}, 0, 0
	}
	left := l.added - l.handed
	if left == 0 {
		l.idle = append(l.idle, w)
		if !w.inline {
			l.started--
		}
		return false
	}
	s := &l.spans[l.next]
	n := min(max(1, int(left)/(2*max(1, l.limit))), w.longest, int(s.to-s.from))
	w.run = span{chunk: s.chunk, from: s.from, to: s.from + uintptr(n), round: s.round}
	w.n, w.goroutine = n, goroutine.Current()
	w.since += n
	l.handed += int64(n)
	w.after = l.handed
	if s.from += uintptr(n); s.from == s.to {
		*s = span{}
		if l.next++; l.next == len(l.spans) {
			l.gone += l.next
			l.spans, l.next = l.spans[:0], 0
		}
	}
	if l.handed < l.added {
		// Should w's reclaim functions block, somebody must be there for the rest.
		l.start()
	}
	return true
}

// returned returns how many reclaim functions have returned, in a sum that may wrap.
func (l *readyList) returned() (n uintptr) {
	for _, w := range l.workers {
		n += w.returned.Load()
	}
	return n
}

// refuse panics if the caller was called by a reclaim function of the domain,
// for which method would wait.
func (l *readyList) refuse(method string) {
	caller := goroutine.Current()
	for _, w := range l.workers {
		if w.n > 0 && w.goroutine == caller {
			panic(fmt.Sprintf("hazptr: %s of domain %q in one of its reclaim functions, which it would wait for", method, l.d.config.Name))
		}
	}
}

// oldest returns the earliest round of a ready object, or never. It may be that of one that has been reclaimed a moment ago.
func (l *readyList) oldest() int64 {
	oldest := int64(never)
	for _, w := range l.workers {
		if w.n > 0 {
			oldest = min(oldest, w.run.round)
		}
	}
	for _, s := range l.spans[l.next:] {
		oldest = min(oldest, s.round)
	}
	return oldest
}

func (w *worker) work() {
	over := false
	defer func() {
		// A panic on a goroutine of the domain's own ends the program, and no other
		// reclaim function is called on its way. Otherwise another goroutine goes on:
		// after runtime.Goexit, and after a panic in a caller of Retire, which the
		// caller may recover.
		if !over && (w.inline || goexit.UnderWay()) {
			w.current.clear()
			w.d.goOn(w)
		}
	}()
	watched := w.d.config.StallAfter > 0
	if w.n > 0 { // the rest of a run that another goroutine began
		w.d.own(w)
	}
	for {
		w.reclaim(watched)
		if !w.d.turn(w) {
			over = true
			return
		}
		if w.looked-w.yielded > w.slice {
			w.yield()
		}
	}
}

// yield lets others run: reclaim comes in bits, so that readers who wait for a P need not wait for all of it. Where others stay for a scheduler's time slice each, bits are
// longer, or reclaim would get next to nothing.
func (w *worker) yield() {
	before := w.d.clock()
	runtime.Gosched()
	now := w.d.clock()
	w.slice = min(max(int64(runTime), (now-before)/slicePart), int64(maxSlice))
	w.yielded = now
	w.looked, w.since = now, 0 // others' time is not that of reclaim functions
}

// reclaim calls the reclaim functions of the rest of w's run. What it knows is in w before each, should it not come back.
func (w *worker) reclaim(watched bool) {
	c, to, bytes, returned := w.run.chunk, w.run.to, w.bytes, w.returned.Own()
	for i := w.run.from; i < to; i++ {
		// Taken away before the call: while it unmaps the object, no pointer to it must be left here.
		r := c.take(i)
		w.run.from = i + 1
		bytes += r.bytes
		w.bytes = bytes
		if watched {
			w.current.set(r)
		}
		if yield.Enabled {
			yield.Here("reclaim")
		}
		r.end()
		if watched {
			w.current.clear()
		}
		returned++
		w.returned.Publish(returned)
	}
}

// own makes the caller w's goroutine.
func (d *Domain) own(w *worker) {
	d.mu.Lock()
	defer d.mu.Unlock()
	w.goroutine = goroutine.Current()
}

// goOn gives w, whose goroutine ends before its time, another one.
func (d *Domain) goOn(w *worker) {
	d.mu.Lock()
	w.goroutine = 0
	if w.inline {
		w.inline = false
		d.ready.started++
	}
	d.mu.Unlock()
	go w.loop()
}

// reclaim makes the caller a worker until nothing is ready.
func (d *Domain) reclaim() {
	d.mu.Lock()
	w := d.ready.hire()
	w.inline = true
	d.mu.Unlock()
	w.work()
}

// feed tells a starved scanner that there is room again. It is called under mu.
func (d *Domain) feed() {
	if d.starved && d.ready.waiting() <= d.enough {
		d.starved = false
		d.cutShort()
	}
}

// turn is readyList.turn, and what follows from objects having been reclaimed.
func (d *Domain) turn(w *worker) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	more := d.ready.turn(w)
	d.note()
	d.feed()
	d.settle()
	if !more && d.ready.waiting() == 0 && d.state.Load() == resting {
		d.rouse() // it need not watch any longer
	}
	return more
}

// reclaimingAny reports whether objects are ready, or reclaim functions have been called for them.
func (d *Domain) reclaimingAny() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.ready.waiting() > 0
}

var workEntry uintptr

func init() { workEntry = reflect.ValueOf((*worker).work).Pointer() }

// reclaiming reports whether the caller was called by a reclaim function.
func reclaiming() bool {
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

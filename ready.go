package hazptr

import (
	"reflect"
	"runtime"

	"hazptr/internal/fence"
)

// A readyList has the objects of a domain that nothing protects any more, in the order in which they are reclaimed, and the workers that do it.
//
// Objects are numbered by their place in that order. All is guarded by the domain's mu, but for what a worker has in hand.
type readyList struct {
	d     *Domain
	limit int // workers

	head, tail *chunk
	index      int // what is below it in head has been handed out

	added  int64 // objects, since the start
	handed int64 // of added, those handed to workers
	done   int64 // of handed, those whose reclaim function has returned, and been counted

	doneBytes uintptr // as RetireIn was told

	workers []*worker // every one that was ever needed
	idle    []*worker // those without a goroutine
}

// A batch is a chain of chunks of objects that become ready together.
type batch struct {
	head, tail *chunk
	n          int
}

func (b *batch) push(r retired, pool *chunkPool) {
	if b.tail == nil || b.tail.n == chunkLen {
		c := pool.get()
		c.oldest = never
		if b.tail == nil {
			b.head = c
		} else {
			b.tail.next.Store(c)
		}
		b.tail = c
	}
	c := b.tail
	c.entries[c.n] = r
	c.n++
	c.oldest = min(c.oldest, r.round)
	b.n++
}

// A worker calls reclaim functions. It is a goroutine while there are any to call.
type worker struct {
	d    *Domain
	loop func() // work, made once so that starting the goroutine allocates nothing

	first  int64 // number of the first object of its run
	oldest int64 // the earliest round of an object of its run
	bytes  uintptr
	n      int // objects in its run; 0 between runs
	next   int // of them, the first whose reclaim function has not been called

	returned fence.Word // reclaim functions that have returned, ever; done lags behind by a run

	run [maxRun]retired
}

// maxRun is how many objects a worker takes at a time when there are many. Those behind one whose reclaim function blocks wait for it; when there are
// few, a run is short.
const maxRun = 32

func (l *readyList) init(d *Domain, workers int) { l.d, l.limit = d, workers }

func (l *readyList) running() int { return len(l.workers) - len(l.idle) }

// add appends b and sees to it that a worker knows.
func (l *readyList) add(b batch) {
	l.added += int64(b.n)
	switch first := b.head; {
	case l.tail == nil:
		l.head, l.tail = b.head, b.tail
	case first == b.tail && l.tail.n+first.n <= chunkLen:
		// Small batches share a chunk, or one object behind a blocked function would take as much memory as 256.
		copy(l.tail.entries[l.tail.n:], first.entries[:first.n])
		l.tail.n += first.n
		l.tail.oldest = min(l.tail.oldest, first.oldest)
		clear(first.entries[:first.n])
		l.d.chunks.put(first)
	default:
		l.tail.next.Store(first)
		l.tail = b.tail
	}
	l.start()
}

// start starts one more worker, if there may be one.
func (l *readyList) start() {
	var w *worker
	switch last := len(l.idle) - 1; {
	case last >= 0:
		w = l.idle[last]
		l.idle = l.idle[:last]
	case len(l.workers) < l.limit:
		w = &worker{d: l.d}
		w.loop = w.work
		l.workers = append(l.workers, w)
	default:
		return
	}
	go w.loop()
}

// turn takes w's run, which it has done, off its hands and gives it the next one. It reports whether there is one; if not, w is idle, and its goroutine
// must no longer touch it.
func (l *readyList) turn(w *worker) bool {
	l.done += int64(w.n)
	l.doneBytes += w.bytes
	w.n, w.next, w.bytes = 0, 0, 0
	left := l.added - l.handed
	if left == 0 {
		l.idle = append(l.idle, w)
		return false
	}
	c := l.head
	n := min(max(1, int(left)/(2*l.limit)), maxRun, c.n-l.index)
	pieces := c.entries[l.index:][:n]
	copy(w.run[:], pieces)
	clear(pieces)
	w.n, w.first, w.oldest = n, l.handed, c.oldest
	l.handed += int64(n)
	l.index += n
	if l.index == c.n {
		l.head, l.index = c.next.Load(), 0
		if l.head == nil {
			l.tail = nil
		}
		l.d.chunks.put(c)
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

// doneBelow returns a number below which every object has been reclaimed.
func (l *readyList) doneBelow() int64 {
	below := l.handed
	for _, w := range l.workers {
		if w.n > 0 {
			below = min(below, w.first)
		}
	}
	return below
}

// oldest returns the earliest round of a ready object, or never. It may be that of one that has been reclaimed a moment ago.
func (l *readyList) oldest() int64 {
	oldest := int64(never)
	for _, w := range l.workers {
		if w.n > 0 {
			oldest = min(oldest, w.oldest)
		}
	}
	for c := l.head; c != nil; c = c.next.Load() {
		oldest = min(oldest, c.oldest)
	}
	return oldest
}

func (w *worker) work() {
	over := false
	defer func() {
		if !over {
			if r := recover(); r != nil {
				panic(r) // the program ends, and calls no other reclaim function on its way
			}
			// A reclaim function has called runtime.Goexit. Another goroutine goes on after it.
			go w.loop()
		}
	}()
	for {
		for w.next < w.n {
			r := w.run[w.next]
			// Before the call: while it unmaps the object, no pointer to it must be left here.
			w.run[w.next] = retired{}
			w.next++
			w.bytes += uintptr(r.bytes)
			r.end()
			w.returned.Publish(w.returned.Own() + 1)
		}
		if !w.d.turn(w) {
			over = true
			return
		}
	}
}

// feed tells a starved scanner that there is room again. It is called under mu.
func (d *Domain) feed() {
	if d.starved && d.ready.added-d.ready.done <= int64(d.scanner.limit/2) {
		d.starved = false
		d.cutShort()
	}
}

// turn is readyList.turn, and what follows from objects having been reclaimed.
func (d *Domain) turn(w *worker) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	more := d.ready.turn(w)
	d.feed()
	d.settle()
	return more
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

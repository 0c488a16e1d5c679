package hazptr

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"hazptr/internal/fence"
	"hazptr/internal/perp"
	"hazptr/internal/yield"
)

// A Domain is the updater's side of hazard pointers: it takes retired objects, finds out when the last reader of each has left, and has their reclaim
// functions called. Readers know nothing of domains.
//
// Most programs need no other than [Default]. One of its own lets a subsystem wait for its own objects (Barrier), bound them and end (Close).
//
// A Domain has goroutines and timers only while objects are pending in it. All methods may be called by any goroutine at any time, but see the reclaim
// functions' rules at [Retire].
//
// In the terminology of the Go memory model, a Retire "synchronizes before" the call of its reclaim function, whose return "synchronizes before" the
// return of a Barrier, Flush or Close that waits for it.
type Domain struct {
	config Config
	queued uintptr   // how many objects may wait in each queue, see Config.MaxPending
	epoch  time.Time // what clock counts from
	queues *perp.Local[queue]
	bound  *byteBound // nil without Config.MaxPendingBytes

	_ [perp.CacheLine]byte

	// state is asleep, awake or resting. Every Retire reads it, and open, and what
	// stands before the pad above, so these cache lines must seldom change.
	state atomic.Uint32
	open  atomic.Bool // since NewDomain, until Close

	_ [perp.CacheLine]byte

	chunks  chunkPool
	scanner scanner
	wake    chan struct{} // has room for one: cuts the scanner's wait short

	mu         sync.Mutex // guards what follows
	scanned    int64      // objects that scans have taken from the queues, since the start
	rounds     rounds
	oldestKept int64 // the round that collected the oldest object that is still protected, or never
	holding    int64
	slots      int64 // that the last scan has read
	passes     int64
	scans      int64 // passes that have read all slots, after a fence each
	scanTime   int64 // nanoseconds, without fenceTime
	fenceTime  int64
	slowed     int64 // times that a Retire was slowed down
	slowedTime int64
	starved    bool  // the scanner has left objects in the queues, until no more than ...
	enough     int64 // ... so many wait for workers
	ready      readyList
	waiters    []*waiter
	reports    reports
	history    *history // nil without Config.Name
}

const (
	asleep  = iota // no scanner runs, and nothing waits for one
	awake          // a scanner runs, and will look at the queues again before it ends or rests
	resting        // a scanner waits until it has to look at objects again that were protected, and must be woken for others
)

var defaultDomain = NewDomain(Config{Name: "default"})

// Default returns the domain that [Retire] and the zero [Pointer] use. It cannot be closed, and cannot be used in a bubble of testing/synctest, whose
// clock its goroutines would mix with the real one: a test there makes a Domain of its own, in the bubble.
func Default() *Domain { return defaultDomain }

// NewDomain returns a domain with nothing pending. It panics if a field of c is negative. A domain that is dropped with nothing pending needs no Close, unless Config.Trace is
// set.
func NewDomain(c Config) *Domain {
	c = c.complete()
	d := &Domain{config: c, queues: perp.NewLocal[queue](), epoch: time.Now(), wake: make(chan struct{}, 1), oldestKept: never}
	queued, scanned := c.limits(runtime.GOMAXPROCS(0))
	d.queued = queued
	if c.MaxPendingBytes > 0 {
		d.bound = &byteBound{most: c.MaxPendingBytes}
	}
	d.scanner.init(d, scanned)
	d.ready.init(d, c.Workers)
	d.reports.d = d
	d.open.Store(true)
	if c.Trace {
		traces.on.Add(1)
	}
	if c.Name != "" {
		d.history = new(history)
		named.add(d)
	}
	return d
}

// clock returns the time in nanoseconds since the domain was made.
func (d *Domain) clock() int64 { return int64(time.Since(d.epoch)) }

func (d *Domain) retire(r retired) {
	reserved := d.bound == nil || r.bytes == 0 || d.bound.take(r.bytes)
	q := d.queues.Of(perp.Pin())
	if q == nil || q.full() || !reserved {
		perp.Unpin()
		d.retireSlowly(r, reserved)
		return
	}
	q.put(r) // [append]
	perp.Unpin()
	// [awake?] Where this load sees awake, the scanner's [last look] at the queues, which comes after its [asleep], sees [append]; where it sees
	// asleep, we wake it. That one of the two happens is the work of the Heavy between [asleep] and [last look]: on linux/amd64 this load may
	// overtake append's plain store.
	if yield.Enabled {
		yield.Here("awake?")
	}
	if d.state.Load() != awake {
		d.notice()
	}
}

// retireSlowly makes room first, for r's bytes too unless that is reserved.
func (d *Domain) retireSlowly(r retired, reserved bool) {
	put := func(q *queue) {
		q.put(r) // [append]
		perp.Unpin()
		r = retired{} // while it is reclaimed inline, no pointer to it must be left here
	}
	made := false
	defer func() {
		if !made { // a reclaim function that was called inline has panicked, or called runtime.Goexit
			if !reserved {
				d.bound.pending.Add(r.bytes)
			}
			put(d.makeRoom(false))
		}
		if yield.Enabled {
			yield.Here("awake?")
		}
		if d.state.Load() != awake { // [awake?], as in retire
			d.notice()
		}
	}()
	if !reserved {
		d.reserve(r.bytes)
		reserved = true
	}
	q := d.makeRoom(true)
	made = true
	put(q)
}

// notice sees to it that a scanner looks at what was put into a queue.
func (d *Domain) notice() {
	if yield.Enabled {
		yield.Here("notice")
	}
	if d.config.ReclaimInline && d.state.Load() == asleep && !reclaiming() && d.state.CompareAndSwap(asleep, awake) {
		d.scanInline()
	} else {
		d.rouse()
	}
}

// check panics if d was not made by NewDomain.
func (d *Domain) check(method string) {
	if d == nil || d.queues == nil {
		panic("hazptr: " + method + " of a Domain that is nil or was not made by NewDomain")
	}
}

// makeRoom returns the queue of the P that it leaves the caller pinned to, which isn't full. Unless it may wait, it goes above the bound if need be.
func (d *Domain) makeRoom(wait bool) *queue {
	step := max(1, min(chunkLen, d.queued/8))
	var fresh *chunk
	slowed, told := !wait, !wait
	for {
		q := d.queues.Pin()
		if !q.full() {
			return q // another P's, or another goroutine made the room; a fresh chunk that isn't used is the garbage collector's
		}
		n := q.length()
		if n >= d.queued/2 && !told {
			told = true
			perp.Unpin()
			if !d.config.ReclaimInline || reclaiming() || !d.reclaimInline() {
				d.cutShort()
			}
			continue
		}
		if n+step <= d.queued || slowed {
			used, made := q.extend(step, fresh)
			if used {
				fresh = nil
			}
			if made {
				return q
			}
		}
		perp.Unpin()
		if n+step > d.queued && !slowed {
			// Where it found room, others may have taken it since: look again. Where it gave up, go on.
			slowed = !d.slowDown(func() bool { return q.length()+step <= d.queued })
		}
		if fresh == nil {
			fresh = d.chunks.get()
		}
	}
}

const (
	maxIdleYields = 16 // looks without progress, before ...
	maxIdleSleeps = 48 // ... sleeps without progress, before the caller goes on
)

// slowDown waits until there is room, for as long as the domain gets on, and reports whether there is.
func (d *Domain) slowDown(room func() bool) bool {
	if reclaiming() {
		return false // what it waits for may be its caller
	}
	begun := d.clock()
	found := d.waitFor(room)
	d.mu.Lock()
	d.slowed++
	d.slowedTime += d.clock() - begun
	d.mu.Unlock()
	return found
}

func (d *Domain) waitFor(room func() bool) bool {
	idle, before := 0, d.progress()
	for !room() {
		d.rouse()
		if !d.config.ReclaimInline || !d.reclaimInline() {
			d.cutShort()
		}
		switch {
		case idle >= maxIdleYields+maxIdleSleeps:
			return false
		case yield.Enabled && yield.Wait("room"):
		case idle < maxIdleYields:
			runtime.Gosched()
		default:
			time.Sleep(min(time.Millisecond, 50*time.Microsecond<<min(idle-maxIdleYields, 5)))
		}
		if now := d.progress(); now != before {
			idle, before = 0, now
		} else {
			idle++
		}
	}
	return true
}

// progress returns a number that changes when objects are taken from a queue or reclaimed.
func (d *Domain) progress() (n uintptr) {
	for q := range d.queues.All() {
		n += q.consumed.Load()
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return n + d.ready.returned()
}

// reclaimInline makes a pass, unless one is being made, and reclaims what is ready. It reports whether it did.
func (d *Domain) reclaimInline() bool {
	if !d.scanner.passing.TryLock() {
		return false
	}
	d.scanner.pass(true)
	kept := len(d.scanner.kept) > 0
	d.scanner.passing.Unlock()
	if kept {
		d.rouse() // before the reclaim functions, which may block: the scanner may have fallen asleep when nothing was kept
	}
	d.reclaim()
	return true
}

// scanInline does what a scanner that was just started does first, and starts one only for what is left then. The caller has changed the state from asleep to awake.
func (d *Domain) scanInline() {
	s := &d.scanner
	s.passing.Lock()
	if time.Duration(d.clock()-s.last) < d.config.FlushInterval {
		s.passing.Unlock()
		go s.loop()
		return
	}
	s.pass(true)
	s.passing.Unlock()
	// Before the reclaim functions, which may block: others' objects need a scanner.
	if !s.fallAsleep() {
		go s.next()
	}
	d.reclaim()
}

// rouse starts a scanner unless there is one, and wakes one that rests.
func (d *Domain) rouse() {
	if yield.Enabled {
		yield.Here("rouse")
	}
	switch {
	case d.state.CompareAndSwap(asleep, awake):
		go d.scanner.loop()
	case d.state.CompareAndSwap(resting, awake):
		d.cutShort()
	}
}

// cutShort ends the scanner's wait between two scans.
func (d *Domain) cutShort() {
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

// Flush waits until every object retired before the call that no hazard pointer
// protects has been reclaimed. If ctx ends first, it returns an error that wraps
// ctx's and says how much is pending.
//
// This includes objects retired by other goroutines, if those calls happen
// before Flush. What is retired after the call is not waited for. Flush panics
// when ctx is nil, and in a reclaim function of d, which it would wait for.
func (d *Domain) Flush(ctx context.Context) error { return d.await(ctx, "Flush", flush) }

// Barrier waits until every object retired before the call has been reclaimed,
// however long readers protect it. If ctx ends first, it returns an error that
// wraps ctx's and says how much is pending and how many hazard pointers hold it.
//
// This includes objects retired by other goroutines, if those calls happen
// before Barrier. What is retired after the call is not waited for. Barrier
// panics when ctx is nil, and in a reclaim function of d, which it would wait
// for.
//
// It is to hazard pointers what the kernel's rcu_barrier is to RCU: what to call
// before the code that reclaim functions run, or what they use, goes away.
func (d *Domain) Barrier(ctx context.Context) error { return d.await(ctx, "Barrier", barrier) }

// Close waits until nothing is pending, no report of a stall is being made and
// the domain's goroutines are on their way out, and closes it: from then on
// Retire panics, and Config.OnStall is not called. If ctx ends first, Close
// returns an error that wraps ctx's and says how much is pending, and the domain
// stays open. Closing a closed domain does nothing; closing Default() panics.
// Close panics when ctx is nil, and in a reclaim function or report of d, which
// it would wait for.
//
// Reclaim functions may retire while Close waits; no other goroutine should. A
// Retire that runs at the same time as the end of Close either panics, before it
// changes anything, or its object is reclaimed, perhaps after Close has
// returned.
func (d *Domain) Close(ctx context.Context) error {
	d.check("Close")
	if d == defaultDomain {
		panic("hazptr: Close of the default domain, which other packages may use")
	}
	ended := doneOf(ctx, "Close")
	d.reports.refuse("Close")
	for {
		if err := d.await(ctx, "Close", barrier); err != nil {
			return err
		}
		closed, told := d.shut()
		switch {
		case closed:
			return nil
		case isClosed(ended):
			return d.expired(ctx, "Close")
		case told != nil:
			select {
			case <-told:
			case <-ended:
			}
		case d.state.Load() == resting:
			d.rouse() // it watches what has been reclaimed meanwhile
		default:
			d.cutShort() // it may wait although there is nothing to do
			runtime.Gosched()
		}
	}
}

// shut closes the domain if it has nothing to do, and reports whether it is
// closed. If a report is being made it returns what is closed at its end.
func (d *Domain) shut() (closed bool, told <-chan struct{}) {
	d.mu.Lock()
	defer d.mu.Unlock()
	idle := func() bool { return d.retiredObjects() == d.ready.done && d.ready.running() == 0 }
	switch {
	case !d.open.Load():
		return true, nil
	case d.reports.telling:
		return false, d.reports.told
	case !idle() || d.state.Load() != asleep:
		return false, nil
	}
	d.open.Store(false)
	// A Retire may have found the domain open. Its [append] is visible after this
	// fence, or it comes later: then it finds the scanner asleep and starts one.
	fence.Heavy()
	if !idle() {
		d.open.Store(true)
		return false, nil
	}
	d.withdraw()
	return true, nil
}

// withdraw undoes what NewDomain did for the process. It is called under mu.
func (d *Domain) withdraw() {
	if d.config.Trace {
		traces.off()
	}
	named.remove(d)
}

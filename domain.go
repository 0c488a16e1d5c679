package hazptr

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"hazptr/internal/fence"
	"hazptr/internal/perp"
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

	_ [perp.CacheLine]byte

	// state is asleep, awake or closed. Every Retire reads it, and what stands before the pad above, so these cache lines must seldom change.
	state atomic.Uint32

	_ [perp.CacheLine]byte

	chunks  chunkPool
	scanner scanner
	wake    chan struct{} // has room for one: cuts the scanner's wait short

	mu         sync.Mutex // guards what follows
	scanned    int64      // objects that scans have taken from the queues, since the start
	round      int64      // the last round that was begun, and when
	complete   int64      // the last round that was completed
	oldestKept int64      // the round that collected the oldest object that is still protected, or never
	holding    int64
	scans      int64
	fences     int64
	starved    bool // the scanner has left objects in the queues until the workers get on
	ready      readyList
	waiters    []*waiter
}

const (
	asleep = iota // no scanner runs, and nothing waits for one
	awake         // a scanner runs, and will look at the queues again before it ends
	closed
)

var defaultDomain = NewDomain(Config{Name: "default"})

// Default returns the domain that [Retire] and the zero [Pointer] use. It cannot be closed, and cannot be used in a bubble of testing/synctest, whose
// clock its goroutines would mix with the real one: a test there makes a Domain of its own, in the bubble.
func Default() *Domain { return defaultDomain }

// NewDomain returns a domain with nothing pending. It panics if a field of c is negative. A domain that is dropped with nothing pending needs no Close.
func NewDomain(c Config) *Domain {
	c = c.complete()
	d := &Domain{config: c, queues: perp.NewLocal[queue](), epoch: time.Now(), wake: make(chan struct{}, 1), oldestKept: never}
	queued, scanned := c.limits(runtime.GOMAXPROCS(0))
	d.queued = queued
	d.scanner.init(d, scanned)
	d.ready.init(d, c.Workers)
	return d
}

// clock returns the time in nanoseconds since the domain was made.
func (d *Domain) clock() int64 { return int64(time.Since(d.epoch)) }

func (d *Domain) retire(r retired) {
	q := d.queues.Pin()
	if q.full() {
		perp.Unpin()
		q = d.makeRoom()
	}
	q.put(r) // [append]
	perp.Unpin()
	// [awake?] Where this load sees awake, the scanner's [last look] at the queues, which comes after its [asleep], sees [append]; where it sees
	// asleep, we wake it. That one of the two happens is the work of the Heavy between [asleep] and [last look]: on linux/amd64 this load may
	// overtake append's plain store.
	if d.state.Load() != awake {
		d.rouse()
		if d.state.Load() == closed {
			d.refuse() // by a Close that ran meanwhile, which nobody should let happen
		}
	}
}

func (d *Domain) refuse() {
	panic(fmt.Sprintf("hazptr: Retire in domain %q, which is closed", d.config.Name))
}

// makeRoom returns the queue of the P that it leaves the caller pinned to, which isn't full.
func (d *Domain) makeRoom() *queue {
	step := max(1, min(chunkLen, d.queued/8))
	var fresh *chunk
	slowed, told := false, false
	for {
		q := d.queues.Pin()
		if !q.full() {
			return q // another P's, or another goroutine made the room; a fresh chunk that isn't used is the garbage collector's
		}
		n := q.length()
		if n >= d.queued/2 && !told {
			told = true
			perp.Unpin()
			d.cutShort()
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
			slowed = !d.slowDown(q, step)
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

// slowDown waits until q has room for step more objects, for as long as the domain gets on, and reports whether it has.
func (d *Domain) slowDown(q *queue, step uintptr) bool {
	if reclaiming() {
		return false // what it waits for may be its caller
	}
	idle, before := 0, uintptr(0)
	for {
		if q.length()+step <= d.queued {
			return true
		}
		d.rouse()
		d.cutShort()
		switch {
		case idle < maxIdleYields:
			runtime.Gosched()
		case idle < maxIdleYields+maxIdleSleeps:
			time.Sleep(min(time.Millisecond, 50*time.Microsecond<<min(idle-maxIdleYields, 5)))
		default:
			return false
		}
		d.mu.Lock()
		now := q.consumed.Load() + d.ready.returned()
		d.mu.Unlock()
		if now != before {
			idle, before = 0, now
		} else {
			idle++
		}
	}
}

// rouse starts a scanner unless there is one.
func (d *Domain) rouse() {
	if d.state.CompareAndSwap(asleep, awake) {
		go d.scanner.loop()
	}
}

// cutShort ends the scanner's wait between two scans.
func (d *Domain) cutShort() {
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

// Flush waits until every object retired before the call that nothing protects has been reclaimed. If ctx ends first, it returns an error
// that wraps ctx's and says how much is pending.
//
// "Before" is as in "happens before": also the objects that other goroutines retired, if the caller knows that they did.
func (d *Domain) Flush(ctx context.Context) error { return d.await(ctx, "Flush", flush) }

// Barrier waits until every object retired before the call has been reclaimed, however long readers protect it. If ctx ends first, it returns an
// error that wraps ctx's and says how much is pending and how many hazard pointers hold it.
//
// It is to hazard pointers what the kernel's rcu_barrier is to RCU: what to call before the code that reclaim functions run, or what they use, goes away.
func (d *Domain) Barrier(ctx context.Context) error { return d.await(ctx, "Barrier", barrier) }

// Close waits until nothing is pending and the domain's goroutines are on their way out, and closes it: from then on Retire panics. Reclaim functions may retire
// while Close waits; nobody else should. If ctx ends first, it returns an error that wraps ctx's and says how much is pending, and the domain stays open.
// Closing a closed domain does nothing; closing Default() panics.
func (d *Domain) Close(ctx context.Context) error {
	if d == defaultDomain {
		panic("hazptr: Close of the default domain, which other packages may use")
	}
	for d.state.Load() != closed {
		if err := d.await(ctx, "Close", barrier); err != nil {
			return err
		}
		// The last goroutines are on their way out, unless a reclaim function has retired more.
		for d.pending() == 0 {
			d.mu.Lock()
			idle := d.ready.running() == 0
			d.mu.Unlock()
			if idle && d.state.CompareAndSwap(asleep, closed) {
				// A Retire that should not run meanwhile may have read that a scanner was awake. As in scanner.sleep, its [append] is visible
				// after this fence, or it sees that the domain is closed.
				fence.Heavy()
				if d.pending() > 0 && d.state.CompareAndSwap(closed, awake) {
					go d.scanner.loop()
				}
				break
			}
			if ctx.Err() != nil {
				return d.expired(ctx, "Close")
			}
			if d.state.Load() == closed {
				break // by another Close
			}
			runtime.Gosched()
		}
	}
	return nil
}

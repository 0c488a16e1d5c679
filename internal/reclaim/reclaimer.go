// Package reclaim has the engine of a domain: it takes retired objects, finds
// out when the last reader of each has left, and has their reclaim functions
// called.
//
// A retired object is put into a queue, one for each P (retire.go, queue.go),
// and rings the bell, which wakes the scanner (bell.go, scanner.go). A pass
// takes it from the queue, fences, and looks at all hazards (pass.go). What
// none holds is ready (ready.go), the rest kept and looked at again
// (keeping.go). Workers call the reclaim functions of what is ready
// (worker.go). The ledger accounts for all of it, under one lock (ledger.go).
package reclaim

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"hazptr/internal/perproc"
)

// A Reclaimer is the engine of one domain. Init makes it. Its methods may be
// called by any goroutine. It must not be copied.
type Reclaimer struct {
	options Options
	queues  *perproc.Local[queue]
	bound   *bound // nil without Options.MaxPendingBytes
	clock   clock

	// Every Retire reads what stands above, and of the bell the state: these
	// cache lines must seldom change.
	_    [perproc.CacheLine]byte
	bell bell
	_    [perproc.CacheLine]byte

	chunks  chunkPool
	ledger  ledger
	pass    pass
	scanner scanner
}

// Options say how a Reclaimer reclaims. Config of the root says what they mean.
type Options struct {
	Name        string
	Workers     int
	ScanPercent int // of one core that passes may take

	Queued          uintptr // how many objects may wait in each queue
	Scanned         int     // how many objects may be kept or ready
	MaxPendingBytes int64   // 0: no bound
	Inline          bool

	StallAfter time.Duration // at first; 0: never
	OnStall    func(Pending)

	// Exceeded is called, unless it is nil, when a Retire has given up waiting
	// for room for the first time.
	Exceeded func()

	// Closed is called once, when the Reclaimer is closed, under the ledger's
	// lock.
	Closed func()
}

// Figures are what a Reclaimer has done and has before it.
type Figures struct {
	Retired, Reclaimed         int64
	Ready                      int64 // found ready by a pass, and not reclaimed
	RetiredBytes, PendingBytes int64 // sums of words, which may wrap
	Oldest                     time.Duration
	Holding                    int64
	Stalls                     int64

	Looks, Slots, Fences int64
	LookTime, FenceTime  time.Duration
	ScanLeft             time.Duration // for which passes may be made now

	Slowed     int64
	SlowedTime time.Duration
	Exceeded   int64
	Workers    int
}

// Init makes the Reclaimer, with nothing pending.
func (r *Reclaimer) Init(o Options) {
	r.options, r.queues, r.clock = o, perproc.NewLocal[queue](), clock{time.Now()}
	if o.MaxPendingBytes > 0 {
		r.bound = &bound{most: o.MaxPendingBytes}
	}
	r.ledger.init(r)
	r.pass.init(&r.ledger)
	r.scanner.init(r)
	r.bell.wake, r.bell.start = make(chan struct{}, 1), r.scanner.run
	r.bell.open.Store(true)
}

// Made reports whether Init has made the Reclaimer.
func (r *Reclaimer) Made() bool { return r.queues != nil }

// Open reports whether the Reclaimer is made and not closed.
func (r *Reclaimer) Open() bool { return r.bell.open.Load() }

// Figures returns the figures.
func (r *Reclaimer) Figures() Figures {
	f := r.ledger.figures()
	f.ScanLeft = time.Duration(max(0, r.pass.budget.left(r.clock.now())))
	return f
}

// Survey counts all that is pending by type, and tells of the oldest objects,
// but of no more than most of them. Inspect, of the root, tells what that
// costs.
func (r *Reclaimer) Survey(most int) Survey {
	s := newSurvey(r.clock, most)
	s.look(r)
	return s.told()
}

// ReportStalls has hook called with what has been pending for longer than
// after; 0 is never.
func (r *Reclaimer) ReportStalls(after time.Duration, hook func(Pending)) {
	r.ledger.reportStalls(after, hook)
	if r.Open() {
		// A scanner that falls asleep has seen it, or says first that it is
		// asleep.
		r.pass.now()
		r.bell.ring()
	}
}

// StallAfter returns the age that is reported, or 0.
func (r *Reclaimer) StallAfter() time.Duration { return r.ledger.stallAfter() }

// Drive keeps the Reclaimer, which has nothing pending, from starting
// goroutines, until Stop. The Driver does what they would do.
func (r *Reclaimer) Drive() Driver {
	r.ledger.limitWorkers(0)
	r.bell.state.Store(awake)
	return Driver{r}
}

// Flush waits until each object retired before the call that no hazard pointer
// protects has been reclaimed.
func (r *Reclaimer) Flush(ctx context.Context, ended <-chan struct{}) error {
	return r.await(ctx, ended, "Flush", false)
}

// Barrier waits until each object retired before the call has been reclaimed.
func (r *Reclaimer) Barrier(ctx context.Context, ended <-chan struct{}) error {
	return r.await(ctx, ended, "Barrier", true)
}

// await waits for what was retired before the call, the protected objects
// included or not. ended is closed when ctx ends; ctx is then asked why.
func (r *Reclaimer) await(ctx context.Context, ended <-chan struct{}, method string, protected bool) error {
	w, may := r.ledger.wait(protected)
	if !may {
		panic(fmt.Sprintf("hazptr: %s of domain %q in one of its reclaim functions, which it would wait for", method, r.options.Name))
	}
	if w == nil {
		return nil
	}
	// A scanner that falls asleep says so before it looks whether a waiter
	// waits.
	r.bell.ring()
	r.bell.cutShort()
	select {
	case <-w.done:
		return nil
	case <-ended:
	}
	if r.ledger.forget(w) {
		return r.expired(ctx, method)
	}
	return nil
}

func (r *Reclaimer) expired(ctx context.Context, method string) error {
	f := r.Figures()
	what := fmt.Sprintf("pending objects: %d; of them ready, or in reclaim functions that have not returned: %d; hazard pointers that hold the others: %d",
		f.Retired-f.Reclaimed, f.Ready, f.Holding)
	if telling, _ := r.ledger.telling(); telling {
		what += "; the report of a stall has not returned"
	}
	return fmt.Errorf("hazptr: %s of domain %q: %s: %w", method, r.options.Name, what, ctx.Err())
}

// Close waits until nothing is pending, no report of a stall is being made and
// the scanner is asleep, and closes the Reclaimer. ended is closed when ctx
// ends.
func (r *Reclaimer) Close(ctx context.Context, ended <-chan struct{}) error {
	if _, byCaller := r.ledger.telling(); byCaller {
		panic(fmt.Sprintf("hazptr: Close of domain %q in the report of a stall, which it would wait for", r.options.Name))
	}
	for {
		if err := r.await(ctx, ended, "Close", true); err != nil {
			return err
		}
		closed, told := r.ledger.close()
		switch {
		case closed:
			return nil
		case over(ended):
			return r.expired(ctx, "Close")
		case told != nil:
			select {
			case <-told:
			case <-ended:
			}
		case r.bell.state.Load() == resting:
			r.bell.ring() // it watches what has been reclaimed meanwhile
		default:
			r.bell.cutShort() // it may wait although there is nothing to do
			runtime.Gosched()
		}
	}
}

func over(ended <-chan struct{}) bool {
	select {
	case <-ended:
		return true
	default:
		return false
	}
}

package main

import (
	"errors"
	"runtime"
	"runtime/metrics"
	"sync"
	"time"

	"hazptr/tools/internal/latency"
	"hazptr/tools/internal/way"
)

const (
	mostWarm = 4096                 // updates of each writer, not measured
	warmTime = 5 * time.Millisecond // or for so long
	mostStep = 4096                 // updates between two looks at the clock
)

// A flood is updates as fast as they can be made.
type flood struct {
	writers int // each has a source of its own
	updates int // of all writers, at most
	limit   time.Duration
	readers int       // that read all the time; with work, one that measures
	work    way.Delay // inside each measured read
	stall   bool      // one more reader stays, with one more source's object
	look    bool      // at what is pending
	timed   bool      // each update
}

// An outcome is what came of a flood. Where nothing was to be had, fields are
// zero.
type outcome struct {
	blocked     blocked
	updates     int64
	elapsed     time.Duration // until the last writer was through
	over        time.Duration // until everything has ended
	processor   time.Duration // of all but the readers, until all has ended
	told        bool          // the system tells processor
	allocated   uint64        // objects, until everything has ended
	most, bytes int64         // pending at any look

	// Pending when all that could end with the reader staying had ended.
	left int64

	// From when the reader left, or the last writer was through, until
	// everything had ended.
	drained time.Duration

	each, request *latency.Histogram
}

// run makes the flood in a session of its own.
func (f *flood) run(c *options, stock *stock, typ way.UpdateType) (*outcome, error) {
	sources := f.writers
	if f.stall {
		sources++
	}
	var ended func(int)
	if c.Reclaim > 0 {
		ended = func(int) { spend(c.Reclaim) }
	}
	s := newSession(c, stock, typ, sources, f.updates+f.writers*mostWarm+2, ended)
	o := &outcome{each: latency.NewHistogram(), request: latency.NewHistogram()}
	writers := make([]*writer, f.writers)
	for i := range writers {
		writers[i] = &writer{s: s, w: s.ending.NewWriter(i), each: latency.NewHistogram()}
	}
	if err := f.write(writers, min(mostWarm, f.updates/f.writers/8), warmTime, false); err != nil {
		return nil, err
	}
	if err := s.wait(); err != nil {
		return nil, err
	}
	warm := s.updates.Load()
	runtime.GC() // what the phases before have left is not to be this one's

	processor, _ := s.processor()
	read := func() { s.start(f.readers, s.readAll) }
	if f.work > 0 {
		read = func() { s.start(1, func(_ int, r way.Reader) { f.measure(s, r, o.request) }) }
	}
	var st *stall
	if f.stall {
		st = s.stay(writers[0].w, read)
		o.blocked = st.who
	} else {
		read()
	}
	allocated := allocations()
	begun := time.Now()
	if o.blocked != everyWriter {
		if err := f.write(writers, f.updates/f.writers, f.limit, f.timed); err != nil {
			return nil, err
		}
		o.elapsed = time.Since(begun)
		for _, w := range writers {
			o.most, o.bytes = max(o.most, w.most), max(o.bytes, w.bytes)
			o.each.Merge(w.each)
		}
	}
	if f.work > 0 {
		// It must have left, or what it has would count as held up. A lock may
		// keep it out until the reader that stays has left.
		s.stop.Store(true)
		within(finished(&s.readers), tried)
	}
	left := time.Now()
	if st != nil {
		if f.look {
			o.settle(s)
		}
		left = st.leave()
	}
	if err := s.wait(); err != nil {
		return nil, err
	}
	o.drained, o.over = time.Since(left), time.Since(begun)
	o.allocated = allocations() - allocated
	s.leave()
	after, told := s.processor()
	o.processor, o.told = after-processor, told
	o.updates = s.updates.Load() - warm
	return o, s.close()
}

// measure reads the first source all the time, with some work inside, and takes
// the time of each read.
func (f *flood) measure(s *session, r way.Reader, request *latency.Histogram) {
	for begun := time.Now(); !s.stop.Load(); {
		object := r.Protect(0)
		f.work.Spend(object.Value())
		s.check(object)
		r.Clear()
		now := time.Now()
		request.Record(now.Sub(begun))
		begun = now
	}
}

// settle waits until what is pending becomes no less: while a reader stays,
// that is what it holds up.
func (o *outcome) settle(s *session) {
	// Looks, not milliseconds: with every core busy a sleep takes many.
	const calm = 20
	var bytes int64
	o.left, bytes = s.ending.Pending()
	o.most, o.bytes = max(o.most, o.left), max(o.bytes, bytes)
	for same := 0; same < calm; same++ {
		time.Sleep(time.Millisecond)
		if left, _ := s.ending.Pending(); left < o.left {
			o.left, same = left, 0
		}
	}
}

// write makes all writers do so many updates each, or as many as they can until
// the limit.
func (f *flood) write(writers []*writer, updates int, limit time.Duration, timed bool) error {
	begin := make(chan struct{})
	var all sync.WaitGroup
	for _, w := range writers {
		w.part = w.s.take(updates)
		all.Go(func() {
			<-begin
			w.write(time.Now().Add(limit), timed, f.look)
		})
	}
	close(begin)
	if !within(finished(&all), limit+patience) {
		return errors.New("an update has not returned")
	}
	return nil
}

// A writer replaces the objects of a source by the ones of its part.
type writer struct {
	s    *session
	w    way.Writer
	part []*way.Object
	each *latency.Histogram

	most, bytes int64
}

func (w *writer) write(end time.Time, timed, look bool) {
	u, forget := w.w, w.s.typ.When == way.Collected
	// What readers of the other types are compared with must not be over in a
	// few milliseconds, and objects that nothing ends can be used again.
	again := look && w.s.typ.When == way.Never
	n, step := 0, 1
	for last := time.Now(); n < len(w.part) || again; {
		at := n % len(w.part)
		some := w.part[at:min(at+step, len(w.part))]
		switch {
		case timed:
			for i, o := range some {
				if forget {
					some[i] = nil
				}
				begun := time.Now()
				u.Update(o)
				w.each.Record(time.Since(begun))
			}
		case forget:
			for i, o := range some {
				some[i] = nil // or it would keep the object alive
				u.Update(o)
			}
		default:
			for _, o := range some {
				u.Update(o)
			}
		}
		n += len(some)
		if look {
			objects, bytes := w.s.ending.Pending()
			w.most, w.bytes = max(w.most, objects), max(w.bytes, bytes)
		}
		now := time.Now()
		if now.After(end) || w.s.failed() != nil {
			break
		}
		// Looks are so far apart that they cost next to nothing, and no update
		// is late by more than a few milliseconds.
		if now.Sub(last) < time.Millisecond {
			step = min(2*step, mostStep)
		} else {
			step = max(1, step/2)
		}
		last = now
	}
	w.s.updates.Add(int64(n))
}

// allocations returns how many objects the process has allocated.
func allocations() uint64 {
	heap := []metrics.Sample{{Name: "/gc/heap/allocs:objects"}, {Name: "/gc/heap/tiny/allocs:objects"}}
	metrics.Read(heap)
	return heap[0].Value.Uint64() + heap[1].Value.Uint64()
}

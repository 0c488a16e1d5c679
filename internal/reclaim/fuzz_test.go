package reclaim

import (
	"sync/atomic"
	"testing"
	"unsafe"

	"hazptr/internal/interleave"
	"hazptr/internal/yield"
)

// The fuzz tests of this package take two strings of bytes: operations, which
// are dealt to two to four goroutines, and the schedule, which says how they
// are interleaved, see package interleave. With the tag hazptr_yield that is at
// each access that docs/ordering.md tells of,
//
//	go test -tags hazptr_yield -run '^Fuzz' .                   # known inputs
//	go test -tags hazptr_yield -run '^$' -fuzz '^FuzzQueue$' .  # new ones
//
// and without it between whole operations. The domain has no goroutines of its
// own there: the tests' do what a scanner and workers do. No missing fence is
// found in this way, since what is done one at a time is sequentially
// consistent; the models and TestOrdering are for that.

// A fuzzWorld is what the goroutines of a fuzz test share.
type fuzzWorld struct {
	*interleave.World
	d *Domain
}

// newFuzzWorld returns a World in which a Guard protects what is in an even
// source, and a Holder what is in an odd one, which it leaves without a word.
func newFuzzWorld(t *testing.T, s *interleave.Scheduler, c Config) *fuzzWorld {
	return &fuzzWorld{interleave.NewWorld(s, func(source int, src *atomic.Pointer[interleave.Subject]) (p *interleave.Subject, release func()) {
		if source%2 == 0 {
			g := Acquire(src)
			return g.Ptr(), g.Release
		}
		h := NewHolder[interleave.Subject]()
		t.Cleanup(h.Close)
		for {
			p := src.Load()
			h.Set(p)
			if src.Load() == p {
				return p, func() { h.Set(nil) }
			}
		}
	}), fuzzDomain(c)}
}

// fuzzDomain returns a domain without goroutines, whose scanner and workers the
// test's goroutines are.
func fuzzDomain(c Config) *Domain {
	d := NewDomain(c)
	d.ledger.crew.limit = 0
	d.bell.state.Store(awake)
	return d
}

// fuzzSettle ends what is pending in the domain, which nothing protects any
// more, and looks at what is left.
func fuzzSettle(t *testing.T, d *Domain) {
	t.Helper()
	for before := int64(-1); d.pending() != before; {
		before = d.pending()
		d.pass.make(false) // which takes no more than there is room for
		d.ledger.hire(false).work()
	}
	if s := d.Stats(); s.Pending != 0 || s.Blocked != 0 || s.Holding != 0 || s.PendingBytes != 0 {
		t.Fatalf("in the end: %+v", s)
	}
	if d.bound != nil && (d.bound.pending.Load() != 0 || d.bound.kept.Load() != 0) {
		t.Fatalf("in the end %d bytes are pending, %d are kept", d.bound.pending.Load(), d.bound.kept.Load())
	}
	seen := map[*chunk]bool{}
	for c := d.chunks.free; c != nil; c = c.next.Load() {
		if seen[c] {
			t.Fatal("a chunk is in the pool twice")
		}
		seen[c] = true
		if c.objects != [chunkLen]unsafe.Pointer{} || c.endings != [chunkLen]ending{} || c.left != 0 {
			t.Fatalf("a chunk in the pool is not zero, %d entries are left", c.left)
		}
	}
	for q := range d.queues.All() {
		if seen[q.head] || seen[q.chunk.Load()] {
			t.Fatal("a chunk in the pool is in use")
		}
	}
}

// FuzzWakeUp has some goroutines retire, or wait in Flush, and the others be
// the scanners that are started for that: each makes passes until it falls
// asleep or rests. Nothing may be left in a queue while no scanner is awake; no
// Flush waits for ever.
func FuzzWakeUp(f *testing.F) {
	f.Fuzz(func(t *testing.T, operations, schedule []byte) {
		threads := interleave.Deal(t, operations)
		s := interleave.New(t, schedule)
		c := Config{Workers: 1, ScanPercent: 100, ReclaimInline: operations[0]&4 != 0}
		// Otherwise a caller that waits for room does so in real time.
		if operations[0]&8 != 0 && yield.Enabled {
			c.MaxPending = 4
		}
		w := newFuzzWorld(t, s, c)
		w.d.bell.state.Store(asleep)
		// What Retire starts is goroutines that only say so; one of the Threads
		// is the scanner then.
		scanners := &fuzzScanners{fuzzWorld: w}
		w.d.bell.start = func() { scanners.due.Add(1) }
		w.d.scanner.next, w.d.scanner.watches = w.d.bell.start, w.d.bell.start
		for _, operations := range threads {
			scanners.busy.Add(1)
			scanners.free.Add(1)
			s.Go(func(thread *interleave.Thread) {
				r := &fuzzRetirer{fuzzWorld: w, thread: thread, scanners: scanners}
				for _, o := range operations {
					thread.Step()
					r.do(o)
				}
				r.ReleaseAll(thread)
				scanners.serve(thread)
			})
		}
		s.Run()
		for w.d.bell.state.Load() != asleep && scanners.started() {
			scanners.run(nil)
		}
		// What the last reader to leave has handed over.
		w.d.ledger.hire(false).work()
		if n := w.d.pending(); n != 0 || w.d.bell.state.Load() != asleep {
			t.Fatalf("no scanner is awake, the state is %d, and %d objects are pending", w.d.bell.state.Load(), n)
		}
		w.AllEnded(t)
		fuzzSettle(t, w.d)
	})
}

// FuzzQueue retires by ones and by many, so that chunks are filled, between
// passes that keep what is protected in their midst, and workers, two at a time
// and more. Each object is reclaimed once; a chunk that is used again has
// nothing left in it.
func FuzzQueue(f *testing.F) {
	f.Fuzz(func(t *testing.T, operations, schedule []byte) {
		threads := interleave.Deal(t, operations)
		s := interleave.New(t, schedule)
		c := Config{Workers: 1}
		if operations[0]&4 != 0 {
			// Less than a chunk, so that the producer makes room in parts.
			c.MaxPending = 64
			// Otherwise a caller that waits for room does so in real time.
			c.ReclaimInline = operations[0]&8 != 0 || !yield.Enabled
		}
		w := newFuzzWorld(t, s, c)
		for _, operations := range threads {
			s.Go(func(thread *interleave.Thread) {
				r := &fuzzProducer{fuzzWorld: w, thread: thread}
				for _, o := range operations {
					thread.Step()
					r.do(o)
				}
				thread.Step()
				r.ReleaseAll(thread)
			})
		}
		s.Run()
		fuzzSettle(t, w.d)
		w.AllEnded(t)
	})
}

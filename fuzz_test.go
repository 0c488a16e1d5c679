package hazptr

import (
	"context"
	"sync/atomic"
	"testing"

	"hazptr/internal/hazard"
	"hazptr/internal/interleave"
	"hazptr/internal/reclaim"
)

// See internal/reclaim for what these tests are.

// A fuzzWorld is what the goroutines of FuzzProtect share.
type fuzzWorld struct {
	*interleave.World
	d      *Domain
	driver reclaim.Driver
}

func protect(src *atomic.Pointer[interleave.Subject]) (p *interleave.Subject, release func()) {
	g := Acquire(src)
	return g.Ptr(), g.Release
}

// settle ends what is pending in the domain, which nothing protects any more.
func (w *fuzzWorld) settle(t *testing.T) {
	t.Helper()
	for before := int64(-1); w.d.Stats().Pending != before; {
		before = w.d.Stats().Pending
		w.driver.Pass() // which takes no more than there is room for
		w.driver.Reclaim()
	}
	if s := w.d.Stats(); s.Pending != 0 || s.Blocked != 0 || s.Holding != 0 || s.PendingBytes != 0 {
		t.Fatalf("in the end: %+v", s)
	}
}

// hazardsInUse returns how many slots hold something.
func hazardsInUse() int {
	var l hazard.Look
	l.Ask(0)
	l.All()
	return l.InUse
}

// FuzzProtect has Holders and Guards protect objects of a few sources, which
// are replaced and retired, or synchronized on, between passes of a scanner and
// the work of workers. No object may be reclaimed while it is protected; each
// is, once.
func FuzzProtect(f *testing.F) {
	f.Fuzz(func(t *testing.T, operations, schedule []byte) {
		threads := interleave.Deal(t, operations)
		s := interleave.New(t, schedule)
		c := Config{Workers: 1}
		if operations[0]&4 != 0 {
			c.ReclaimInline, c.MaxPending, c.MaxPendingBytes = true, 4, 4
		}
		inUse := hazardsInUse() // by what other tests have forgotten
		d := NewDomain(c)
		w := &fuzzWorld{interleave.NewWorld(s, protect), d, d.reclaimer.Drive()}
		for _, operations := range threads {
			s.Go(func(thread *interleave.Thread) {
				r := &fuzzReader{fuzzWorld: w, thread: thread, holder: NewHolder[interleave.Subject]()}
				for _, o := range operations {
					thread.Step()
					r.do(o)
				}
				thread.Step()
				r.letGo()
				r.holder.Close()
			})
		}
		s.Run()
		w.settle(t)
		w.AllEnded(t)
		if n := hazardsInUse() - inUse; n != 0 {
			t.Fatalf("%d hazard pointers are in use in the end", n)
		}
	})
}

// A fuzzReader is one goroutine of FuzzProtect, which is an updater, a scanner
// and a worker at times.
type fuzzReader struct {
	*fuzzWorld
	thread *interleave.Thread
	holder *Holder[interleave.Subject]
	held   *interleave.Subject // what the Holder protects
}

func (r *fuzzReader) do(o interleave.Operation) {
	src := &r.Sources[o.Object]
	switch o.Kind {
	case 0, 1:
		r.drop()
		r.hold(r.holder.Protect(src))
	case 2:
		p := src.Load()
		r.drop()
		r.thread.Step()
		if r.holder.TryProtect(p, src) {
			r.hold(p)
		}
	case 3:
		p := src.Load()
		r.drop()
		r.holder.Set(p)
		r.thread.Step()
		if src.Load() == p {
			r.hold(p)
		} else {
			r.holder.Clear()
		}
	case 4:
		r.drop()
		r.holder.Clear()
	case 5, 6:
		r.Acquire(r.thread, o.Object)
	case 7:
		r.Release(o.Object)
	case 8, 9:
		r.retire(src.Swap(new(interleave.Subject)))
	case 10:
		r.synchronize(src.Swap(new(interleave.Subject)))
	case 11:
		r.driver.Pass()
	case 12:
		r.driver.Reclaim()
	case 13:
		r.drop()
		r.holder.Close()
		r.holder = NewHolder[interleave.Subject]()
	case 14:
		r.driver.Linger()
	case 15:
		r.retire(src.Swap(nil))
	}
}

// hold takes note of what the Holder protects now.
func (r *fuzzReader) hold(p *interleave.Subject) {
	if p != nil {
		p.Use(r.S)
	}
	r.held = p
}

// drop takes note that the Holder is about to protect something else, or
// nothing.
func (r *fuzzReader) drop() {
	if r.held != nil {
		r.held.Drop(r.S)
	}
	r.held = nil
}

func (r *fuzzReader) retire(p *interleave.Subject) {
	if p != nil {
		r.Note(p)
		RetireIn(r.d, p, 1, r.End)
	}
}

// synchronize ends p, which is unlinked, as its owner. That goroutine has
// nothing protected, so that none wait for one another.
func (r *fuzzReader) synchronize(p *interleave.Subject) {
	if p == nil {
		return
	}
	r.letGo()
	r.Note(p)
	if err := Synchronize(context.Background(), p); err != nil {
		r.S.Errorf("Synchronize: %v", err)
	}
	p.End(r.S)
}

func (r *fuzzReader) letGo() {
	r.drop()
	r.holder.Clear()
	r.ReleaseAll(r.thread)
}

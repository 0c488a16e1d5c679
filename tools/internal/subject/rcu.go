package subject

import (
	"context"
	"runtime"
	"time"

	"hazptr/rcu"
	"hazptr/tools/internal/mortal"
)

// graced are cells whose objects end after a grace period.
type graced[Cookie any] struct {
	graceDomain[Cookie]
	cells  []Source
	reader func() Reader
	hands  func() Hands
}

// A graceDomain is an rcu.Domain or an srcu.Domain.
type graceDomain[Cookie any] interface {
	Call(func())
	Synchronize(context.Context) error
	Barrier(context.Context) error
	GetState() Cookie
	StartPoll() Cookie
	Poll(Cookie) bool
	Close(context.Context) error
}

func newRCU(c Config) Subject {
	d := rcu.New()
	if c.StallAfter > 0 {
		d.ReportStalls(c.StallAfter, func(rcu.Stall) { c.OnStall(0) })
	}
	s := &graced[rcu.Cookie]{graceDomain: d, cells: make([]Source, c.Cells)}
	s.reader = func() Reader { return &rcuReader{cells: s.cells, domain: d, reader: d.NewReader()} }
	s.hands = func() Hands {
		r := d.NewReader()
		return &section{r.ReadLock, r.ReadUnlock, r.Close}
	}
	return s
}

func (s *graced[Cookie]) NewReader() Reader { return s.reader() }

func (s *graced[Cookie]) NewHands() Hands { return s.hands() }

func (s *graced[Cookie]) Ways() []Way {
	way := func(name string, wait func()) Way {
		return Way{Name: name, Waits: true, Direct: name == "synchronize", Replace: func(cell int, next *mortal.Object, unlinked, ended func(*mortal.Object)) {
			if old := s.cells[cell].Swap(next); old != nil {
				unlinked(old)
				wait()
				ended(old)
			}
		}}
	}
	synchronize := func() {
		if err := s.Synchronize(context.Background()); err != nil {
			panic(err)
		}
	}
	return []Way{
		{Name: "call", Replace: func(cell int, next *mortal.Object, unlinked, ended func(*mortal.Object)) {
			if old := s.cells[cell].Swap(next); old != nil {
				unlinked(old)
				s.Retire(old, ended)
			}
		}},
		way("synchronize", synchronize),
		way("poll", func() {
			cookie := s.StartPoll()
			for !s.Poll(cookie) {
				time.Sleep(20 * time.Microsecond)
			}
		}),
		way("conditional", func() {
			cookie := s.GetState()
			runtime.Gosched()
			if !s.Poll(cookie) {
				synchronize()
			}
		}),
	}
}

func (s *graced[Cookie]) Retire(o *mortal.Object, ended func(*mortal.Object)) {
	s.Call(func() { ended(o) })
}

func (s *graced[Cookie]) Post(f func()) { s.Call(f) }

// An rcuReader's sections nest.
type rcuReader struct {
	plain
	cells  []Source
	domain *rcu.Domain
	reader *rcu.Reader
	depth  int
}

func (r *rcuReader) Enter(cell int) *mortal.Object {
	r.reader.ReadLock()
	r.depth++
	return r.cells[cell].Load()
}

func (r *rcuReader) Leave() {
	r.depth--
	r.reader.ReadUnlock()
}

// Detach gives the Reader away, which it can if it is in no other section.
func (r *rcuReader) Detach() func() {
	if r.depth != 1 {
		return nil
	}
	given := r.reader
	r.reader, r.depth = r.domain.NewReader(), 0
	return func() {
		given.ReadUnlock()
		given.Close()
	}
}

func (r *rcuReader) Nests() bool { return true }

func (r *rcuReader) Close() { r.reader.Close() }

// A section is Hands that protect all that is loaded from Begin to End.
type section struct{ lock, unlock, close func() }

func (s *section) Begin() { s.lock() }

func (s *section) Protect(_ int, source *Source) *mortal.Object { return source.Load() }

func (s *section) End() { s.unlock() }

func (s *section) Close() { s.close() }

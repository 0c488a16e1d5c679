package subject

import (
	"context"
	"runtime"

	"hazptr"
	"hazptr/rcu"
	"hazptr/tools/internal/mortal"
)

// kept are cells whose objects are found under rcu and kept with hazard
// pointers. Each ends after a grace period, and then after its last Guard.
type kept struct {
	sections *rcu.Domain
	guards   *hazptr.Domain
	cells    []Source
}

func newKept(c Config) Subject {
	return &kept{rcu.New(), hazptr.NewDomain(hazptrConfig(c)), make([]Source, c.Cells)}
}

// A keepReader keeps what it finds beyond its section.
type keepReader struct {
	nested[guard]
	reader *rcu.Reader
	turns  int
}

func (s *kept) NewReader() Reader {
	r := &keepReader{reader: s.sections.NewReader()}
	r.enter = func(cell int) (guard, *mortal.Object) {
		r.reader.ReadLock()
		o := s.cells[cell].Load()
		if r.turns++; r.turns%64 == 0 {
			// It may be replaced, but its grace period doesn't end.
			runtime.Gosched()
		}
		g := hazptr.Keep(o)
		r.reader.ReadUnlock()
		return g, o
	}
	r.leave = func(g guard) { g.Release() }
	return r
}

func (r *keepReader) Close() { r.reader.Close() }

// NewHands returns sections: what is retired waits for these first.
func (s *kept) NewHands() Hands {
	r := s.sections.NewReader()
	return &section{r.ReadLock, r.ReadUnlock, r.Close}
}

func (s *kept) Ways() []Way {
	return []Way{
		{Name: "call", Replace: func(cell int, next *mortal.Object, unlinked, ended func(*mortal.Object)) {
			if old := s.cells[cell].Swap(next); old != nil {
				unlinked(old)
				s.Retire(old, ended)
			}
		}},
		{Name: "synchronize", Waits: true, Direct: true, Replace: func(cell int, next *mortal.Object, unlinked, ended func(*mortal.Object)) {
			if old := s.cells[cell].Swap(next); old != nil {
				unlinked(old)
				if err := s.sections.Synchronize(context.Background()); err != nil {
					panic(err)
				}
				if err := hazptr.Synchronize(context.Background(), old); err != nil {
					panic(err)
				}
				ended(old)
			}
		}},
	}
}

func (s *kept) Retire(o *mortal.Object, ended func(*mortal.Object)) {
	s.sections.Call(func() { hazptr.RetireIn(s.guards, o, objectBytes, ended) })
}

func (s *kept) Post(f func()) {
	s.sections.Call(func() { hazptr.RetireIn(s.guards, new(int), 0, func(*int) { f() }) })
}

func (s *kept) Barrier(ctx context.Context) error {
	if err := s.sections.Barrier(ctx); err != nil {
		return err
	}
	return s.guards.Barrier(ctx)
}

// Close waits until what ends retires no more, and closes both domains.
func (s *kept) Close(ctx context.Context) error {
	for before := (hazptr.Stats{Retired: -1}); ; {
		if err := s.Barrier(ctx); err != nil {
			return err
		}
		now := s.guards.Stats()
		if now.Retired == before.Retired && now.Reclaimed == before.Reclaimed {
			break
		}
		before = now
	}
	if err := s.sections.Close(ctx); err != nil {
		return err
	}
	return s.guards.Close(ctx)
}

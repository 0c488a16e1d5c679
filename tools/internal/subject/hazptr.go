package subject

import (
	"context"
	"sync/atomic"

	"hazptr"
	"hazptr/tools/internal/mortal"
)

// hazards are cells whose objects hazard pointers protect.
type hazards struct {
	cells  []cell
	domain *hazptr.Domain // nil: the callers of Synchronize end objects
	reader func(*hazards) Reader
	hands  func() Hands
}

// A cell is of one of two kinds: the library's own Pointer, and an atomic
// pointer, which has more ways to be read and to be replaced.
type cell struct {
	pointer *pointer // nil: source
	source  Source
}

func newHazards(c Config, domain *hazptr.Domain, reader func(*hazards) Reader, hands func() Hands) *hazards {
	h := &hazards{cells: make([]cell, c.Cells), domain: domain, reader: reader, hands: hands}
	for i := range h.cells {
		if i%2 == 1 {
			h.cells[i].pointer = newPointer(domain)
		}
	}
	return h
}

func hazptrConfig(c Config) hazptr.Config {
	return hazptr.Config{Name: "torture", StallAfter: c.StallAfter, OnStall: func(s hazptr.Stall) { c.OnStall(s.Address) }}
}

func newHolders(c Config) Subject {
	config := hazptrConfig(c)
	// As many passes as can be, and as many times of falling asleep.
	config.ScanPercent = 100
	return newHazards(c, hazptr.NewDomain(config), newHolderReader, newHolderHands)
}

func newGuards(c Config) Subject {
	return newHazards(c, hazptr.NewDomain(hazptrConfig(c)), newGuardReader, newGuardHands)
}

func newInline(c Config) Subject {
	config := hazptrConfig(c)
	config.ReclaimInline = true
	config.ScanPercent = 100 // every domain is quiet, then
	config.MaxPending = 64
	config.MaxPendingBytes = 64 * objectBytes
	return newHazards(c, hazptr.NewDomain(config), newEitherReader(), newHolderHands)
}

func newSynchronized(c Config) Subject {
	return synchronized{newHazards(c, nil, newEitherReader(), nil)}
}

// objectBytes is what each object is said to hold.
const objectBytes = 4096

// newEitherReader returns a maker of Holders' and Guards' readers, by turns.
func newEitherReader() func(*hazards) Reader {
	var n atomic.Int64
	return func(h *hazards) Reader {
		if n.Add(1)%2 == 0 {
			return newGuardReader(h)
		}
		return newHolderReader(h)
	}
}

func (h *hazards) NewReader() Reader { return h.reader(h) }

func (h *hazards) NewHands() Hands { return h.hands() }

func (h *hazards) Ways() []Way {
	return []Way{
		{Name: "retire", Direct: true, Replace: func(cell int, next *mortal.Object, unlinked, ended func(*mortal.Object)) {
			if c := &h.cells[cell]; c.pointer != nil {
				c.pointer.replace(next, unlinked, ended)
			} else if old := c.source.Swap(next); old != nil {
				unlinked(old)
				h.Retire(old, ended)
			}
		}},
		{Name: "synchronize", Waits: true, Direct: true, Replace: h.synchronize},
	}
}

func (h *hazards) synchronize(cell int, next *mortal.Object, unlinked, ended func(*mortal.Object)) {
	c := &h.cells[cell]
	if c.pointer != nil {
		c.pointer.replaceAndWait(next, unlinked, ended)
	} else if old := c.source.Swap(next); old != nil {
		unlinked(old)
		if err := hazptr.Synchronize(context.Background(), old); err != nil {
			panic(err)
		}
		ended(old)
	}
}

func (h *hazards) Retire(o *mortal.Object, ended func(*mortal.Object)) {
	hazptr.RetireIn(h.domain, o, objectBytes, ended)
}

func (h *hazards) Post(f func()) {
	hazptr.RetireIn(h.domain, new(int), 0, func(*int) { f() })
}

func (h *hazards) Passes() int64 { return h.domain.Stats().Scans }

func (h *hazards) Barrier(ctx context.Context) error { return h.domain.Barrier(ctx) }

// Synchronize is Flush, and Synchronize of an object of its own.
func (h *hazards) Synchronize(ctx context.Context) error {
	if err := h.domain.Flush(ctx); err != nil {
		return err
	}
	return hazptr.Synchronize(ctx, new(int))
}

func (h *hazards) Close(ctx context.Context) error { return h.domain.Close(ctx) }

// synchronized has no domain.
type synchronized struct{ h *hazards }

func (s synchronized) NewReader() Reader { return s.h.NewReader() }

func (s synchronized) Ways() []Way {
	return []Way{{Name: "synchronize", Waits: true, Direct: true, Replace: s.h.synchronize}}
}

func (s synchronized) Synchronize(ctx context.Context) error {
	return hazptr.Synchronize(ctx, new(int))
}

func (s synchronized) Close(context.Context) error { return nil }

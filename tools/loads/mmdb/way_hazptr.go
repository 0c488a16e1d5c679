package main

import (
	"context"
	"sync/atomic"

	"hazptr"
)

// hazptrWay protects the database with a hazard pointer that each reader owns.
type hazptrWay struct {
	current atomic.Pointer[database]
	domain  *hazptr.Domain
}

func beginHazptr(first *database) way {
	w := &hazptrWay{domain: hazptr.NewDomain(hazptr.Config{Name: "mmdb"})}
	w.current.Store(first)
	return w
}

func (w *hazptrWay) read(r *reader) {
	h := hazptr.NewHolder[database]()
	defer h.Close()
	for r.more() {
		db := h.Protect(&w.current)
		r.ask(db)
		h.Clear()
		r.lap()
	}
}

func (w *hazptrWay) visit() (func(func(*database)), func()) {
	h := hazptr.NewHolder[database]()
	return func(use func(*database)) {
		use(h.Protect(&w.current))
		h.Clear()
	}, h.Close
}

func (w *hazptrWay) replace(next *database) {
	old := w.current.Swap(next)
	hazptr.RetireIn(w.domain, old, old.bytes, (*database).close)
}

func (w *hazptrWay) end(ctx context.Context) error {
	w.replace(nil)
	return w.domain.Close(ctx)
}

package main

import (
	"context"
	"sync/atomic"
)

// unsafeWay closes a database as soon as it is replaced. Nothing waits for those who still read it.
type unsafeWay struct {
	current atomic.Pointer[database]
}

func beginUnsafe(first *database) way {
	w := &unsafeWay{}
	w.current.Store(first)
	return w
}

func (w *unsafeWay) read(r *reader) {
	for r.more() {
		r.ask(w.current.Load())
		r.lap()
	}
}

func (w *unsafeWay) visit() (func(func(*database)), func()) {
	return func(use func(*database)) { use(w.current.Load()) }, func() {}
}

func (w *unsafeWay) replace(next *database) { w.current.Swap(next).close() }

func (w *unsafeWay) end(context.Context) error {
	w.replace(nil)
	return nil
}

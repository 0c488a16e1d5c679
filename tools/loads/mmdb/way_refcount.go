package main

import (
	"context"
	"sync/atomic"
)

// refcountWay counts the references to each database, one of which is the pointer's that readers find it through.
type refcountWay struct {
	current atomic.Pointer[counted]
}

type counted struct {
	*database
	references atomic.Int64
}

func newCounted(db *database) *counted {
	c := &counted{database: db}
	c.references.Store(1)
	return c
}

// acquire adds a reference unless there is none any more: then the database is closed, or about to be.
func (c *counted) acquire() bool {
	for {
		n := c.references.Load()
		if n == 0 {
			return false
		}
		if c.references.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

func (c *counted) release() {
	if c.references.Add(-1) == 0 {
		c.close()
	}
}

func beginRefcount(first *database) way {
	w := &refcountWay{}
	w.current.Store(newCounted(first))
	return w
}

func (w *refcountWay) acquire() *counted {
	c := w.current.Load()
	for !c.acquire() {
		c = w.current.Load()
	}
	return c
}

func (w *refcountWay) visit() (func(func(*database)), func()) {
	return func(use func(*database)) {
		c := w.acquire()
		use(c.database)
		c.release()
	}, func() {}
}

func (w *refcountWay) read(r *reader) {
	for r.more() {
		c := w.acquire()
		r.ask(c.database)
		c.release()
		r.lap()
	}
}

func (w *refcountWay) replace(next *database) { w.current.Swap(newCounted(next)).release() }

func (w *refcountWay) end(context.Context) error {
	w.current.Swap(nil).release()
	return nil
}

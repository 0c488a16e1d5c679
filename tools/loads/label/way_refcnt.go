package main

import (
	"context"
	"sync/atomic"
)

// A counted policy counts its references, one of which is the pointer's that requests find it through.
type counted struct {
	*policy
	references atomic.Int64
}

func count(p *policy) *counted {
	c := &counted{policy: p}
	c.references.Store(1)
	return c
}

// tryGet adds a reference unless there is none any more.
func (c *counted) tryGet() bool {
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

func (c *counted) put() {
	if c.references.Add(-1) == 0 {
		c.end()
	}
}

// refcntWay takes references without asking whether there are any. That is right only as long as nothing ends, so it keeps what was replaced.
type refcntWay struct {
	current atomic.Pointer[counted]
	kept    []*counted
}

func beginRefcnt(first *policy) way {
	w := &refcntWay{}
	w.current.Store(count(first))
	return w
}

func (w *refcntWay) visit() (func(string) verdict, func()) {
	return func(path string) verdict {
		c := w.current.Load()
		c.references.Add(1)
		said := c.check(path)
		c.references.Add(-1)
		return said
	}, func() {}
}

func (w *refcntWay) replace(next *policy) { w.kept = append(w.kept, w.current.Swap(count(next))) }

func (w *refcntWay) end(context.Context) error {
	for _, c := range append(w.kept, w.current.Load()) {
		c.put()
	}
	return nil
}

// refcntCondWay takes a reference if there is one.
type refcntCondWay struct{ current atomic.Pointer[counted] }

func beginRefcntCond(first *policy) way {
	w := &refcntCondWay{}
	w.current.Store(count(first))
	return w
}

func (w *refcntCondWay) visit() (func(string) verdict, func()) {
	return func(path string) verdict {
		c := w.current.Load()
		for !c.tryGet() {
			c = w.current.Load()
		}
		said := c.check(path)
		c.put()
		return said
	}, func() {}
}

func (w *refcntCondWay) replace(next *policy) { w.current.Swap(count(next)).put() }

func (w *refcntCondWay) end(context.Context) error {
	w.current.Swap(nil).put()
	return nil
}

package main

import (
	"sync/atomic"

	"hazptr/tools/internal/mortal"
	"hazptr/tools/internal/subject"
)

// A stack is Treiber's (1986). Its nodes are used again at the same address as
// soon as can be, so that a node which ends too early is in the stack again
// when a goroutine that has read its Next compares (the ABA problem).
type stack struct {
	t    *torture
	top  subject.Source
	size atomic.Int64
}

const stackSize = 64

func (s *stack) use(w *hands, c *choice) {
	if s.size.Load() < stackSize && c.one(2) {
		s.push(s.t.object(true, c.one(32)))
	} else {
		s.pop(w)
	}
}

func (s *stack) push(o *mortal.Object) {
	if o == nil {
		return
	}
	s.size.Add(1)
	for {
		top := s.top.Load()
		o.Next.Store(top)
		if s.top.CompareAndSwap(top, o) {
			return
		}
	}
}

// pop reports whether there was something.
func (s *stack) pop(w *hands) bool {
	w.Begin()
	var o *mortal.Object
	for {
		if o = w.Protect(0, &s.top); o == nil {
			w.End()
			return false
		}
		w.visit(0, o)
		next := o.Next.Load()
		if s.top.CompareAndSwap(o, next) {
			break
		}
	}
	if !o.Taken.CompareAndSwap(0, 1) {
		w.fail(kindStack, "the node at %p, life %d, was popped twice", o, o.Life())
	}
	w.End()
	s.size.Add(-1)
	s.t.discard(o)
	return true
}

func (s *stack) drain(w *hands) { w.drain(kindStack, s.size.Load(), s.pop) }

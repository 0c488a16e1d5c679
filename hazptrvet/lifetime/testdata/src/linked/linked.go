package linked

import (
	"context"
	"sync"
	"sync/atomic"

	"hazptr"
)

type node struct {
	name        string
	left, right atomic.Pointer[node]
}

var (
	root    atomic.Pointer[node]
	current hazptr.Pointer[node]
	mu      sync.Mutex
	byName  = map[string]*node{}
)

type server struct{ config atomic.Pointer[node] }

func free(*node) {}

func global() {
	hazptr.Retire(root.Load(), free) // want `the object is retired, but still linked where it was loaded from: .*old := source.Swap\(next\), then retire old`
}

func guarded() {
	g := hazptr.Acquire(&root)
	defer g.Release()
	hazptr.Retire(g.Ptr(), free) // want `still linked`
}

func inPointer(next *node) {
	g := current.Acquire()
	defer g.Release()
	current.Replace(next)
	hazptr.Retire(g.Ptr(), free) // want `the object is a Pointer's, which retires it when it is replaced: .*; call the Pointer's Replace alone`
}

func heldInPointer(h *hazptr.Holder[node]) {
	hazptr.Retire(current.Protect(h), free) // want `the object is a Pointer's`
}

func inDo(d *hazptr.Domain) {
	current.Do(func(n *node) {
		hazptr.RetireIn(d, n, 0, free) // want `the object is a Pointer's`
	})
}

func held(h *hazptr.Holder[node]) {
	n := h.Protect(&root)
	h.Clear()
	hazptr.Retire(n, free) // want `still linked`
}

func (s *server) tooEarly(next *node) {
	old := s.config.Load()
	hazptr.Retire(old, free) // want `the object is retired here, but readers find it until line 63`
	s.config.Store(next)
}

func tooEarlyGlobal(d *hazptr.Domain, next *node) {
	old := root.Load()
	hazptr.RetireIn(d, old, 8, free) // want `readers find it until line 69`
	root.Store(next)
}

func failedSwap(next *node) {
	old := root.Load()
	if !root.CompareAndSwap(old, next) {
		hazptr.Retire(old, free) // want `retired where the CompareAndSwap at line 74 has failed`
	}
}

// What follows is right.

func swapped(next *node) {
	hazptr.Retire(root.Swap(next), free)
}

func compared(next *node) {
	old := root.Load()
	if root.CompareAndSwap(old, next) {
		hazptr.Retire(old, free)
	}
}

func newOne(next *node) {
	old := root.Load()
	if !root.CompareAndSwap(old, next) {
		hazptr.Retire(next, free)
	}
}

func stored(next *node) {
	old := root.Load()
	root.Store(next)
	hazptr.Retire(old, free)
}

func unlinkedByOther(next *node) {
	old := root.Load()
	replace(next)
	hazptr.Retire(old, free)
}

func replace(next *node) { root.Store(next) }

func deleted(name string) {
	mu.Lock()
	n := byName[name]
	delete(byName, name)
	mu.Unlock()
	hazptr.Retire(n, free)
}

// The tree has been unlinked as a whole.
func freeTree(n *node) {
	if l := n.left.Load(); l != nil {
		hazptr.Retire(l, freeTree)
	}
	if r := n.right.Load(); r != nil {
		hazptr.Retire(r, freeTree)
	}
}

func (s *server) drop() { hazptr.Retire(s.config.Load(), free) }

func retry(next *node) {
	for {
		old := root.Load()
		if !root.CompareAndSwap(old, next) {
			continue
		}
		hazptr.Retire(old, free)
		return
	}
}

var another atomic.Pointer[node]

func waited(ctx context.Context, next *node) error {
	old, err := current.ReplaceAndWait(ctx, next)
	if old != nil {
		hazptr.Retire(old, free)
	}
	return err
}

func moved(next *node) {
	old := root.Swap(nil)
	if !another.CompareAndSwap(old, next) {
		hazptr.Retire(old, free)
	}
}

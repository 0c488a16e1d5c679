package main

import (
	"context"
	"sync"
	"sync/atomic"
)

// rwlockWay holds a read lock during the check.
type rwlockWay struct {
	mu      sync.RWMutex
	current *policy
}

func beginRWLock(first *policy) way { return &rwlockWay{current: first} }

func (w *rwlockWay) visit() (func(string) verdict, func()) {
	return func(path string) verdict {
		w.mu.RLock()
		said := w.current.check(path)
		w.mu.RUnlock()
		return said
	}, func() {}
}

func (w *rwlockWay) replace(next *policy) {
	w.mu.Lock()
	old := w.current
	w.current = next
	w.mu.Unlock()
	old.end() // outside: whoever had it locked has left, and nobody can find it any more
}

func (w *rwlockWay) end(context.Context) error {
	w.replace(nil)
	return nil
}

// bustedWay waits for nobody.
type bustedWay struct{ current atomic.Pointer[policy] }

func beginBusted(first *policy) way {
	w := &bustedWay{}
	w.current.Store(first)
	return w
}

func (w *bustedWay) visit() (func(string) verdict, func()) {
	return func(path string) verdict { return w.current.Load().check(path) }, func() {}
}

func (w *bustedWay) replace(next *policy) { w.current.Swap(next).end() }

func (w *bustedWay) end(context.Context) error {
	w.replace(nil)
	return nil
}

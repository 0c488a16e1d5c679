package main

import (
	"context"
	"sync"
)

// rwmutexWay holds a read lock during the lookup.
type rwmutexWay struct {
	mu      sync.RWMutex
	current *database
}

func beginRWMutex(first *database) way { return &rwmutexWay{current: first} }

func (w *rwmutexWay) read(r *reader) {
	for r.more() {
		w.mu.RLock()
		r.ask(w.current)
		w.mu.RUnlock()
		r.lap()
	}
}

func (w *rwmutexWay) visit() (func(func(*database)), func()) {
	return func(use func(*database)) {
		w.mu.RLock()
		use(w.current)
		w.mu.RUnlock()
	}, func() {}
}

func (w *rwmutexWay) replace(next *database) {
	w.mu.Lock()
	old := w.current
	w.current = next
	w.mu.Unlock()
	old.close() // outside: whoever had it locked has left, and nobody can find it any more
}

func (w *rwmutexWay) end(context.Context) error {
	w.replace(nil)
	return nil
}

package perproc

import (
	"iter"
	"sync"
	"sync/atomic"
)

// Lazy holds one T for each P that has asked for one. Otherwise it is as a
// [Local]: its Ts never move, and goroutines that are pinned have different
// ones. It keeps no neighbours off their cache lines.
type Lazy[T any] struct {
	// first serves the Ps that exist when the Lazy is made. The slice never
	// changes, so that Of finds a T with two dependent loads.
	first []atomic.Pointer[T]

	// beyond serves Ps that come later: beyond[i] is P len(first)+i. It is
	// replaced as a whole.
	beyond atomic.Pointer[[]*T]
	mu     sync.Mutex // held while a T is added
}

// Init makes the Lazy, with no Ts.
func (l *Lazy[T]) Init() { l.first = make([]atomic.Pointer[T], Procs()) }

// Made reports whether Init has made the Lazy.
func (l *Lazy[T]) Made() bool { return l.first != nil }

// Of returns the T of P id to a goroutine that is pinned to it, or nil where
// Pin must make or find it.
func (l *Lazy[T]) Of(id int) *T {
	if first := l.first; uint(id) < uint(len(first)) {
		return first[id].Load()
	}
	return nil
}

// Pin pins the calling goroutine to its P and returns the P's T, which it makes
// if there is none. The caller must call Unpin.
func (l *Lazy[T]) Pin(make func() *T) *T {
	for {
		id := Pin()
		if t := l.at(id); t != nil {
			return t
		}
		Unpin() // to allocate
		l.Make(id, make)
	}
}

// at returns the T of P id, or nil.
func (l *Lazy[T]) at(id int) *T {
	if id < len(l.first) {
		return l.first[id].Load()
	}
	if beyond := l.beyond.Load(); beyond != nil && id-len(l.first) < len(*beyond) {
		return (*beyond)[id-len(l.first)]
	}
	return nil
}

// Make makes the T of P id, unless there is one. Any goroutine may call it.
func (l *Lazy[T]) Make(id int, make func() *T) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.at(id) != nil {
		return
	}
	if id < len(l.first) {
		l.first[id].Store(make())
		return
	}
	var beyond []*T
	if old := l.beyond.Load(); old != nil {
		beyond = append(beyond, *old...)
	}
	for len(l.first)+len(beyond) <= id {
		beyond = append(beyond, nil)
	}
	beyond[id-len(l.first)] = make()
	l.beyond.Store(&beyond)
}

// All returns every T. One that it has not returned had not been pinned by any
// goroutine when it looked: a T is published before Pin returns it.
func (l *Lazy[T]) All() iter.Seq[*T] {
	return func(each func(*T) bool) {
		for i := range l.first {
			if t := l.first[i].Load(); t != nil && !each(t) {
				return
			}
		}
		if beyond := l.beyond.Load(); beyond != nil {
			for _, t := range *beyond {
				if t != nil && !each(t) {
					return
				}
			}
		}
	}
}

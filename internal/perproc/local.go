package perproc

import (
	"iter"
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"

	"hazptr/internal/yield"
)

// Local holds one T for each P. Its Ts are made with it, those of Ps that come
// later on first use; they never move and are never freed before the Local is.
//
// While a goroutine is pinned by Pin, no other goroutine that was pinned by Pin
// on the same Local has the same T: between such goroutines a T needs no
// synchronization. It needs it against all others. (The race detector does not
// know that: under it, use atomics.)
type Local[T any] struct {
	// first serves the Ps that exist when the Local is made. It never changes,
	// so that Pin finds a T with one dependent load.
	first []cell[T]

	// beyond serves Ps that come later, when GOMAXPROCS is raised: beyond[i] is
	// P len(first)+i. The slice is replaced as a whole, under mu; its elements
	// stay.
	beyond atomic.Pointer[[]*cell[T]]
	mu     sync.Mutex
}

// A cell keeps neighbours off a T's cache lines.
type cell[T any] struct {
	_ [CacheLine]byte
	t T
	_ [CacheLine]byte
}

// NewLocal returns a Local with a zero T for each P.
func NewLocal[T any]() *Local[T] {
	return &Local[T]{first: make([]cell[T], Procs())}
}

// Procs returns how many Ps there are to make storage for: as many as there
// are, or as there may be without more processors.
func Procs() int {
	if yield.Enabled {
		if n := yield.Procs(); n > 0 {
			return n
		}
	}
	return max(runtime.NumCPU(), runtime.GOMAXPROCS(0))
}

// Pin pins the calling goroutine to its P, as the function Pin does, and
// returns the P's T. The caller must call Unpin.
func (l *Local[T]) Pin() *T {
	id := Pin()
	if uint(id) < uint(len(l.first)) {
		return &l.first[id].t
	}
	return l.pinBeyond(id)
}

// Of returns the T of P id to a goroutine that is pinned to it, or nil where
// Pin must make it. It is the inlined part of Pin.
func (l *Local[T]) Of(id int) *T {
	// One comparison, which is the check of the index too.
	if first := l.first; uint(id) < uint(len(first)) {
		return &first[id].t
	}
	return nil
}

// pinBeyond is called pinned to P id, which first does not cover, and returns
// pinned, perhaps to another.
func (l *Local[T]) pinBeyond(id int) *T {
	for id >= len(l.first) {
		if cells := l.beyond.Load(); cells != nil && id-len(l.first) < len(*cells) {
			return &(*cells)[id-len(l.first)].t
		}
		Unpin() // to allocate
		l.grow(id + 1)
		id = Pin()
	}
	return &l.first[id].t
}

// grow makes Ts for the Ps below procs.
func (l *Local[T]) grow(procs int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var cells []*cell[T]
	if old := l.beyond.Load(); old != nil {
		cells = append(cells, *old...)
	}
	for len(l.first)+len(cells) < procs {
		cells = append(cells, new(cell[T]))
	}
	l.beyond.Store(&cells)
}

// All returns every T, also those of Ps that GOMAXPROCS has since taken away. A
// T that All has not returned had not been pinned by any goroutine when All
// looked: Pin publishes a new T before it returns it.
func (l *Local[T]) All() iter.Seq[*T] {
	return func(each func(*T) bool) {
		for i := range l.first {
			if !each(&l.first[i].t) {
				return
			}
		}
		if cells := l.beyond.Load(); cells != nil {
			for _, c := range *cells {
				if !each(&c.t) {
					return
				}
			}
		}
	}
}

// Each T keeps the alignment of a word, so that 64-bit atomics work on 32-bit
// machines for types that put them first.
var _ [0]struct{} = [CacheLine % unsafe.Sizeof(uint64(0))]struct{}{}

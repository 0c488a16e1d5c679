package interleave

import (
	"slices"
	"sync"
	"sync/atomic"
	"testing"
)

// A World is what the Threads of a fuzz test share: sources of Subjects, what
// protects some of them, and the Subjects that were unlinked.
type World struct {
	S       *Scheduler
	Sources [4]atomic.Pointer[Subject]

	protect func(source int, src *atomic.Pointer[Subject]) (p *Subject, release func())
	guards  Pool[guard]

	mu       sync.Mutex // held for moments in which there is no point
	unlinked []*Subject
}

// A guard is a Subject that is protected, and what ends that.
type guard struct {
	p       *Subject
	release func()
}

// NewWorld returns a World with a Subject in each source. protect protects the
// Subject of a source.
func NewWorld(s *Scheduler, protect func(source int, src *atomic.Pointer[Subject]) (p *Subject, release func())) *World {
	w := &World{S: s, protect: protect}
	for i := range w.Sources {
		w.Sources[i].Store(new(Subject))
	}
	return w
}

// Note takes note of a Subject that was unlinked, and is to end.
func (w *World) Note(p *Subject) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.unlinked = append(w.unlinked, p)
}

// Unlinked returns the Subjects that have been unlinked.
func (w *World) Unlinked() []*Subject {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.unlinked)
}

// Acquire protects the Subject of a source. Any Thread may release it.
func (w *World) Acquire(thread *Thread, source int) {
	if p, release := w.protect(source, &w.Sources[source]); p != nil {
		p.Use(w.S)
		w.guards.Put(thread, guard{p, release})
	}
}

// Release ends a protection of any Thread's.
func (w *World) Release(i int) {
	if g, some := w.guards.Take(i); some {
		w.leave(g)
	}
}

// ReleaseAll ends what the Thread has acquired, or all where it is nil.
func (w *World) ReleaseAll(thread *Thread) {
	for g, some := w.guards.TakeOf(thread); some; g, some = w.guards.TakeOf(thread) {
		w.leave(g)
	}
}

func (w *World) leave(g guard) {
	g.p.Drop(w.S)
	g.release()
}

// AllEnded looks whether each Subject that was unlinked has ended, once.
func (w *World) AllEnded(t *testing.T) {
	t.Helper()
	for _, p := range w.unlinked {
		if p.Ended() != 1 {
			t.Fatalf("an object was reclaimed %d times", p.Ended())
		}
	}
}

// End is a reclaim function.
func (w *World) End(p *Subject) { p.End(w.S) }

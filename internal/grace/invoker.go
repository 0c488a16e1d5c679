package grace

import (
	"hazptr/internal/goexit"
	"hazptr/internal/goroutine"
)

// An invoker invokes callbacks whose grace period has ended, on a goroutine of
// its own: they may block, post others and synchronize.
type invoker struct {
	chunk *chunk
	next  int // in chunk
}

func (i *invoker) loop(s *Sequence) {
	s.invoker.Store(goroutine.Current())
	defer func() {
		// A callback that calls runtime.Goexit counts as having returned, and
		// another goroutine goes on after it. One that panics ends the program,
		// which invokes no other callback on its way.
		if goexit.UnderWay() {
			i.count(s)
			s.invoker.Store(0)
			go i.loop(s)
		}
	}()
	for i.take(s) {
		for i.next < i.chunk.n {
			f := i.chunk.callbacks[i.next]
			i.chunk.callbacks[i.next] = nil
			i.next++
			f()
			i.count(s)
		}
	}
}

// count counts a callback that has returned.
func (i *invoker) count(s *Sequence) {
	if s.invoked.Add(1) >= s.sought.Load() {
		s.mu.Lock()
		s.settle()
		s.mu.Unlock()
	}
}

// take takes the next chunk, unless there are callbacks left in the present
// one, and reports whether there was one. If not, the invoker has ended.
func (i *invoker) take(s *Sequence) bool {
	if i.chunk != nil && i.next < i.chunk.n {
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if i.chunk != nil {
		s.pool.put(i.chunk)
	}
	i.chunk, i.next = s.ready.shift(), 0
	if s.invoking = i.chunk != nil; !s.invoking {
		s.invoker.Store(0) // another goroutine may have the number soon
	}
	return s.invoking
}

package way

import (
	"sync"
	"sync/atomic"
)

// A source is where readers find the present object. It comes first in what it
// is part of, so that all loops load from the same offset, and nothing that is
// written often is on its cache lines.
type source struct {
	head atomic.Pointer[Object]
	_    [128]byte
}

func (s *source) begin(head *Object) { s.head.Store(head) }

// swapLocked puts next in the object's place and returns the old one when its
// readers have left the lock: no other can read it.
func (s *source) swapLocked(mu sync.Locker, next *Object) (old *Object) {
	mu.Lock()
	old = s.head.Swap(next)
	mu.Unlock()
	return old
}

// sources is embedded by every Ending.
type sources struct {
	all  []source
	told func(number int) // Config.Ended
}

func newSources(c Config) sources {
	s := sources{all: make([]source, len(c.Objects)), told: c.Ended}
	for i, o := range c.Objects {
		s.all[i].begin(o)
	}
	return s
}

// end ends o, and tells Config.Ended.
func (s *sources) end(o *Object) {
	o.end()
	if s.told != nil {
		s.told(o.Number())
	}
}

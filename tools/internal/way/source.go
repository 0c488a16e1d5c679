package way

import (
	"context"
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

// swapLocked puts next in the object's place and returns the old one when its
// readers have left the lock: no other can read it.
func (s *source) swapLocked(mu sync.Locker, next *Object) (old *Object) {
	mu.Lock()
	old = s.head.Swap(next)
	mu.Unlock()
	return old
}

// sources is embedded by every Ending. Of itself it leaves nothing to wait for
// and nothing to give back.
type sources struct {
	ledger
	all  []source
	told func(number int) // Config.Ended
}

func newSources(c Config) *sources {
	s := &sources{ledger: ledger{bytes: c.Bytes}, all: make([]source, len(c.Objects)), told: c.Ended}
	for i, o := range c.Objects {
		s.all[i].head.Store(o)
	}
	return s
}

func (*sources) Wait(context.Context) error  { return nil }
func (*sources) Close(context.Context) error { return nil }

// newWaiter makes a writer that waits until no reader has the old object, and
// ends it itself.
func (s *sources) newWaiter(source int, wait func(old *Object) error) Writer {
	src, replaced, ended := &s.all[source], s.ofWriter(), s.ofEnder()
	return func(next *Object) {
		replaced.add()
		old := src.head.Swap(next)
		must(wait(old))
		s.end(old)
		ended.add()
	}
}

// end ends o, and tells Config.Ended.
func (s *sources) end(o *Object) {
	o.end()
	if s.told != nil {
		s.told(o.Number())
	}
}

package mechanism

import (
	"context"
	"sync"
	"sync/atomic"
)

// A source is where the readers find the head. It comes first in each
// mechanism, so that all loops load from the same offset, and nothing that is
// written often is on its cache lines.
type source struct {
	head atomic.Pointer[Object]
	_    [128]byte
}

func (s *source) begin(head *Object) { s.head.Store(head) }

// begun gives a mechanism its head.
func begun(m interface {
	Mechanism
	begin(head *Object)
}, head *Object) Mechanism {
	m.begin(head)
	return m
}

// made makes a mechanism that needs nothing but its head.
func made[M any, P interface {
	*M
	Mechanism
	begin(head *Object)
}](head *Object) Mechanism {
	return begun(P(new(M)), head)
}

// replaceLocked ends the old object when its readers have left the lock: no
// other can read it.
func (s *source) replaceLocked(mu sync.Locker, next *Object) {
	mu.Lock()
	old := s.head.Swap(next)
	mu.Unlock()
	old.end()
}

// replaceFrozen ends the old object while no reader is inside the gate.
func (s *source) replaceFrozen(gate interface {
	Freeze(context.Context) error
	Unfreeze()
}, next *Object) {
	if err := gate.Freeze(context.Background()); err != nil {
		panic(err)
	}
	s.head.Swap(next).end()
	gate.Unfreeze()
}

// enter waits where the gate is frozen.
func enter[Pass any](gate interface {
	Enter(context.Context) (Pass, error)
}) Pass {
	p, err := gate.Enter(context.Background())
	if err != nil {
		panic(err)
	}
	return p
}

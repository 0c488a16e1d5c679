package main

import (
	"sync"
	"sync/atomic"
)

// A group of actors appears in some scenes.
type group uint32

const (
	groupReaders group = 1 << iota
	groupBursts
	groupWriters
	groupFakes
	groupHands // structures
	groupCallbacks
	groupOrder
	groupCrowd
	groupLeave
)

const everybody = groupReaders | groupBursts | groupWriters | groupFakes | groupHands | groupCallbacks

// A stage has the actors whose group is in the present scene; the others wait
// behind it. In the empty scene nothing is protected or updated.
type stage struct {
	scene atomic.Uint32

	mu      sync.Mutex
	changed *sync.Cond
	acting  map[*actor]bool
}

func newStage() *stage {
	s := &stage{acting: make(map[*actor]bool)}
	s.changed = sync.NewCond(&s.mu)
	return s
}

// set begins a scene.
func (s *stage) set(scene group) {
	s.mu.Lock()
	s.scene.Store(uint32(scene))
	s.mu.Unlock()
	s.changed.Broadcast()
}

func (s *stage) has(g group) bool { return s.scene.Load()&uint32(g) != 0 }

func (s *stage) enter(a *actor) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.acting[a] = true
}

func (s *stage) leave(a *actor) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.acting, a)
}

// park keeps an actor behind the stage until its group appears, or over.
func (s *stage) park(a *actor, over func() bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.acting, a)
	for !s.has(a.group) && !over() {
		s.changed.Wait()
	}
	s.acting[a] = true
}

// left returns the names of actors on the stage whose group is not in the
// scene.
func (s *stage) left() (names []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for a := range s.acting {
		if !s.has(a.group) {
			names = append(names, a.name)
		}
	}
	return names
}

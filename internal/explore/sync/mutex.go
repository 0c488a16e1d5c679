// Package sync stands for the standard one in a build that explores.
package sync

import (
	"sync"
	"unsafe"

	"hazptr/internal/explore"
)

// What these do is no step: no thread of a scenario waits in them.
type (
	Locker = sync.Locker
	Once   = sync.Once
)

// A Mutex is a lock. In executions the explorer alone knows its state.
type Mutex struct{ mu sync.Mutex }

func (m *Mutex) Lock() {
	if explore.Running() {
		explore.Lock(unsafe.Pointer(m))
	} else {
		m.mu.Lock()
	}
}

func (m *Mutex) TryLock() bool {
	if explore.Running() {
		return explore.TryLock(unsafe.Pointer(m))
	}
	return m.mu.TryLock()
}

func (m *Mutex) Unlock() {
	if explore.Running() {
		explore.Unlock(unsafe.Pointer(m))
	} else {
		m.mu.Unlock()
	}
}

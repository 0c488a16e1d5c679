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

// A Mutex is a lock.
type Mutex struct{ mu sync.Mutex }

func (m *Mutex) Lock() {
	explore.Lock(unsafe.Pointer(m))
	m.mu.Lock()
}

func (m *Mutex) TryLock() bool {
	return explore.TryLock(unsafe.Pointer(m)) && m.mu.TryLock()
}

func (m *Mutex) Unlock() {
	explore.Unlock(unsafe.Pointer(m))
	m.mu.Unlock()
}

//go:build hazptr_debug

package check

import (
	"runtime"
	"sync/atomic"
	"unsafe"

	"hazptr/internal/caller"
)

// A Guard is what is known of a Guard and its copies.
type Guard struct{ *guardRecord }

// A guardRecord is collected when all copies of its Guard are gone.
type guardRecord struct{ *guardHistory }

type guardHistory struct {
	acquired       *stack
	used, released atomic.Pointer[stack]
}

// NewGuard is called when p was acquired from src, unless that is nil.
func NewGuard(p, src unsafe.Pointer) Guard {
	if p == nil {
		return Guard{}
	}
	at := here()
	if src != nil {
		sources.set(p, src, at)
	}
	r := &guardRecord{&guardHistory{acquired: at}}
	runtime.AddCleanup(r, func(h *guardHistory) {
		if h.released.Load() == nil {
			report(told("hazptr: a Guard was forgotten, and is never released", []event{{"acquired", h.acquired}, {"last used", h.used.Load()}}))
		}
	}, r.guardHistory)
	return Guard{r}
}

// Use is called by a method that uses the Guard.
func (c Guard) Use() {
	if c.guardRecord == nil {
		return
	}
	if at := c.released.Load(); at != nil {
		misuse(caller.Of()+" that has been released", event{"acquired", c.acquired}, event{"released", at})
	}
	c.used.Store(here())
}

// Release is called when the Guard is released, but not for a variable that was
// released before.
func (c Guard) Release() {
	if !c.released.CompareAndSwap(nil, here()) {
		misuse(caller.Of()+" of which a copy has been released already", event{"acquired", c.acquired}, event{"released", c.released.Load()})
	}
}

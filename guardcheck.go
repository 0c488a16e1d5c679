//go:build hazptr_debug

package hazptr

import (
	"runtime"
	"strings"
	"sync/atomic"
	"unsafe"
)

// A guardCheck is what a Guard and its copies share.
type guardCheck struct{ *guardRecord }

// A guardRecord is collected when all copies of its Guard are gone.
type guardRecord struct{ *guardHistory }

type guardHistory struct {
	acquired       *stack
	used, released atomic.Pointer[stack]
}

func newGuardCheck(p, src unsafe.Pointer) guardCheck {
	if p == nil {
		return guardCheck{}
	}
	at := here()
	sources.set(p, src, at)
	r := &guardRecord{&guardHistory{acquired: at}}
	runtime.AddCleanup(r, func(h *guardHistory) {
		if h.released.Load() == nil {
			report(told("a Guard was forgotten, and is never released", []event{{"acquired", h.acquired}, {"last used", h.used.Load()}}))
		}
	}, r.guardHistory)
	return guardCheck{r}
}

func (c guardCheck) use() {
	if c.guardRecord == nil {
		return
	}
	if at := c.released.Load(); at != nil {
		misuse("Ptr of a Guard that has been released", event{"acquired", c.acquired}, event{"released", at})
	}
	c.used.Store(here())
}

// release is not called for a variable that was released.
func (c guardCheck) release() {
	if !c.released.CompareAndSwap(nil, here()) {
		misuse(strings.TrimPrefix(guardReleased, "hazptr: "), event{"acquired", c.acquired}, event{"released", c.released.Load()})
	}
}

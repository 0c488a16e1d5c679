//go:build hazptr_debug

package hazptr

import (
	"sync"
	"sync/atomic"
	"unsafe"
)

// A holderCheck is of one Holder.
type holderCheck struct{ *holderHistory }

type holderHistory struct {
	made, closed *stack
	mu           sync.Mutex // the cleanup of a leak reads what follows
	object       uintptr    // no pointer: it may be unmapped
	protected    *stack
}

var (
	holdersMu     sync.Mutex
	holderRecords = map[*holderSlot]*holderHistory{} // of the open ones
)

func newHolderCheck(slot *holderSlot) holderCheck {
	h := &holderHistory{made: here()}
	holdersMu.Lock()
	defer holdersMu.Unlock()
	holderRecords[slot] = h
	return holderCheck{h}
}

func (c holderCheck) protect(p, src unsafe.Pointer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if p == nil || c.object == uintptr(p) {
		return
	}
	c.object, c.protected = uintptr(p), here()
	if src != nil {
		sources.set(p, src, c.protected)
	}
}

func (c holderCheck) close(slot *holderSlot) {
	c.closed = here()
	holdersMu.Lock()
	defer holdersMu.Unlock()
	delete(holderRecords, slot)
}

// refuse is called when a Holder is used that is closed, or wasn't made by NewHolder.
func (c holderCheck) refuse() {
	if c.holderHistory != nil {
		misuse("Holder used after Close", event{"made", c.made}, event{"closed", c.closed})
	}
}

func holderLeaked(slot *holderSlot) {
	holdersMu.Lock()
	h := holderRecords[slot]
	delete(holderRecords, slot)
	holdersMu.Unlock()
	if h == nil {
		return
	}
	h.mu.Lock()
	protected := h.protected
	h.mu.Unlock()
	what := "a Holder was forgotten without Close"
	if atomic.LoadUintptr(&slot.hazard) != 0 {
		what += " while it protected something, which is never reclaimed"
	}
	report(told(what, []event{{"made", h.made}, {"last protected something else than before", protected}}))
}

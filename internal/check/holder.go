//go:build hazptr_debug

package check

import (
	"sync"
	"sync/atomic"
	"unsafe"
)

// A Holder is what is known of a Holder.
type Holder struct{ *holderHistory }

type holderHistory struct {
	made, closed *stack
	mu           sync.Mutex // the cleanup of a leak reads what follows
	object       uintptr    // no pointer: it may be unmapped
	protected    *stack
}

var (
	holdersMu sync.Mutex
	// Of the open ones, by their hazards.
	holderRecords = map[*uintptr]*holderHistory{}
)

// NewHolder is called when a Holder was made whose hazard is in this word.
func NewHolder(hazard *uintptr) Holder {
	h := &holderHistory{made: here()}
	holdersMu.Lock()
	defer holdersMu.Unlock()
	holderRecords[hazard] = h
	return Holder{h}
}

// Protect is called when p is protected, from src unless that is nil.
func (c Holder) Protect(p, src unsafe.Pointer) {
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

// Close is called when the Holder is closed.
func (c Holder) Close(hazard *uintptr) {
	c.closed = here()
	holdersMu.Lock()
	defer holdersMu.Unlock()
	delete(holderRecords, hazard)
}

// Refuse is called when a Holder is used that is closed, or was not made.
func (c Holder) Refuse() {
	if c.holderHistory != nil {
		misuse("hazptr: Holder used after Close", event{"made", c.made}, event{"closed", c.closed})
	}
}

// HolderLeaked is called when a Holder was garbage-collected without Close.
func HolderLeaked(hazard *uintptr) {
	holdersMu.Lock()
	h := holderRecords[hazard]
	delete(holderRecords, hazard)
	holdersMu.Unlock()
	if h == nil {
		return
	}
	h.mu.Lock()
	protected := h.protected
	h.mu.Unlock()
	what := "a Holder was forgotten without Close"
	if atomic.LoadUintptr(hazard) != 0 {
		what += " while it protected something, which is never reclaimed"
	}
	report(told("hazptr: "+what, []event{{"made", h.made}, {"last protected something else than before", protected}}))
}

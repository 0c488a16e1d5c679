//go:build hazptr_debug

package hazptr

import (
	"fmt"
	"sync"
	"unsafe"
)

// A pendingRecord is of an object from its Retire until its reclaim function is called.
type pendingRecord struct {
	retired *stack
	size    uintptr
}

// A pendingKey is the object: a struct and its first field share an address.
type pendingKey struct {
	address uintptr
	kind    unsafe.Pointer
}

var (
	pendingMu      sync.Mutex
	pendingRecords = map[pendingKey]pendingRecord{}
)

// checkRetire panics if the object is pending. If a reader could still come to it from where another one was seen to have it from, it reports that: perhaps no reader is left.
func checkRetire(p, kind unsafe.Pointer, size uintptr) {
	at := here()
	if e, known := sources.get(p); known && !reclaiming() && e.pointsTo(p) {
		report(told(fmt.Sprintf("Retire of a %s at %p that readers can still load from %#x", kindName(kind), p, e.source), []event{{"loaded from there", e.at}, {"now", at}}))
	}
	key := pendingKey{uintptr(p), kind}
	pendingMu.Lock()
	before, pending := pendingRecords[key]
	if !pending {
		pendingRecords[key] = pendingRecord{at, size}
	}
	pendingMu.Unlock()
	if pending {
		misuse(fmt.Sprintf("Retire of a %s at %p that has been retired already", kindName(kind), p), event{"retired", before.retired})
	}
}

// checkReclaim is called before the reclaim function: when that returns, or earlier, the object may be in use again, and retired again.
func checkReclaim(p, kind unsafe.Pointer) {
	key := pendingKey{uintptr(p), kind}
	pendingMu.Lock()
	size := pendingRecords[key].size
	delete(pendingRecords, key)
	pendingMu.Unlock()
	sources.forget(uintptr(p), size)
}

// checkSynchronized is called when nobody protects the object any more.
func checkSynchronized(p unsafe.Pointer, size uintptr) { sources.forget(uintptr(p), size) }

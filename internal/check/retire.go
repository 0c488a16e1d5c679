//go:build hazptr_debug

package check

import (
	"fmt"
	"reflect"
	"sync"
	"unsafe"
)

// A pendingKey is an object: a struct and its first field share an address.
type pendingKey struct {
	address uintptr
	kind    reflect.Type // a pointer to the object's
}

var (
	pendingMu sync.Mutex
	// Where each was retired, until its reclaim function is called.
	pending = map[pendingKey]*stack{}
)

// Retire is called when p, of this type, is being retired, perhaps by a reclaim
// function. It panics if p is pending. If a reader could still load p from
// where one has loaded it, Retire reports that: it need not be wrong, since no
// reader may be left.
func Retire(p unsafe.Pointer, kind reflect.Type, reclaiming func() bool) {
	at := here()
	if e, known := sources.get(p); known && !reclaiming() && e.pointsTo(p) {
		report(told(fmt.Sprintf("hazptr: Retire of a %v at %p that readers can still load from %#x", kind, p, e.source), []event{{"loaded from there", e.at}, {"now", at}}))
	}
	key := pendingKey{uintptr(p), kind}
	pendingMu.Lock()
	before := pending[key]
	if before == nil {
		pending[key] = at
	}
	pendingMu.Unlock()
	if before != nil {
		misuse(fmt.Sprintf("hazptr: Retire of a %v at %p that has been retired already", kind, p), event{"retired", before})
	}
}

// Reclaim is called before p's reclaim function is. When that returns, or
// earlier, the object may be in use again, and retired again.
func Reclaim(p unsafe.Pointer, kind reflect.Type) {
	key := pendingKey{uintptr(p), kind}
	pendingMu.Lock()
	delete(pending, key)
	pendingMu.Unlock()
	sources.forget(uintptr(p), kind.Elem().Size())
}

// Synchronized is called when nothing protects the object any more.
func Synchronized(p unsafe.Pointer, kind reflect.Type) {
	sources.forget(uintptr(p), kind.Elem().Size())
}

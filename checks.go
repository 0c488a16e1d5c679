//go:build hazptr_debug

package hazptr

import (
	"fmt"
	"log/slog"
	"regexp"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"unsafe"
)

// checking reports whether the build tag hazptr_debug is set. What stands under it is not there without the tag, and costs nothing; see docs/debugging.md.
const checking = true

// traceEvery is of how many Guards one is traced, with Config.Trace.
const traceEvery = 1

// A stack is where something was done.
type stack struct {
	pcs [24]uintptr
	n   int
}

func here() *stack {
	s := new(stack)
	s.n = runtime.Callers(2, s.pcs[:])
	return s
}

// own tells the functions of this package that a user has called, which come first in a stack.
var own = regexp.MustCompile(`^hazptr\.(here$|misuse$|acquire$|Acquire\[|Retire(In)?\[|NewHolder\[|newGuardCheck$|newHolderCheck$|swappedOut$|checkRetire$|\(?\*?(guardCheck|holderCheck)\)?\.|\(\*(Guard|Holder|Pointer|sourceTable)(\[|\)))`)

// String has a line for each function, and one for where it stands, as the traces of panics have.
func (s *stack) String() string {
	if s == nil {
		return "\tnowhere\n"
	}
	var b strings.Builder
	frames := runtime.CallersFrames(s.pcs[:s.n])
	for {
		frame, more := frames.Next()
		if frame.Function != "runtime.goexit" && (b.Len() > 0 || !own.MatchString(frame.Function)) {
			fmt.Fprintf(&b, "\t%s\n\t\t%s:%d\n", frame.Function, frame.File, frame.Line)
		}
		if !more {
			return b.String()
		}
	}
}

// An event is one of a report's stacks.
type event struct {
	what string
	at   *stack
}

func told(what string, events []event) string {
	var b strings.Builder
	b.WriteString("hazptr: " + what + "\n")
	for _, e := range events {
		fmt.Fprintf(&b, "%s:\n%v", e.what, e.at)
	}
	return b.String()
}

// misuse ends the caller's work, where it is sure to be wrong.
func misuse(what string, events ...event) { panic(told(what, append(events, event{"now", here()}))) }

// reportLeak tells of what was forgotten, which nobody is there to answer for. Tests set it.
var reportLeak = func(text string) { slog.Error(text) }

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
			reportLeak(told("a Guard was forgotten, and is never released", []event{{"acquired", h.acquired}, {"last used", h.used.Load()}}))
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
	defer h.mu.Unlock()
	what := "a Holder was forgotten without Close"
	if atomic.LoadUintptr(&slot.hazard) != 0 {
		what += " while it protected something, which is never reclaimed"
	}
	reportLeak(told(what, []event{{"made", h.made}, {"last protected something else than before", h.protected}}))
}

// A sourceTable remembers where objects were loaded from. It has room for so many; who comes later takes the place of who came before.
type sourceTable struct {
	mu      sync.Mutex
	entries [1 << 14]sourceEntry
	pages   [1 << 14]int // how many sources are in pages of such a hash
}

type sourceEntry struct {
	object uintptr
	source uintptr // of an atomic.Pointer; no pointer: what it is in may be unmapped, or collected
	at     *stack
}

var sources sourceTable

func (t *sourceTable) set(p, src unsafe.Pointer, at *stack) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.put(&t.entries[hash(uintptr(p))>>(64-14)], sourceEntry{uintptr(p), uintptr(src), at})
}

// put replaces an entry. It is called under mu.
func (t *sourceTable) put(e *sourceEntry, by sourceEntry) {
	if e.source != 0 {
		t.pages[hash(e.source>>12)>>(64-14)]--
	}
	*e = by
	if by.source != 0 {
		t.pages[hash(by.source>>12)>>(64-14)]++
	}
}

func (t *sourceTable) get(p unsafe.Pointer) (sourceEntry, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	e := t.entries[hash(uintptr(p))>>(64-14)]
	return e, e.object == uintptr(p)
}

// forget is called when the object has ended: what was loaded from inside it nobody can load from there.
func (t *sourceTable) forget(p, size uintptr) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if e := &t.entries[hash(p)>>(64-14)]; e.object == p {
		t.put(e, sourceEntry{})
	}
	for page := p >> 12; page <= (p+max(size, 1)-1)>>12; page++ {
		if t.pages[hash(page)>>(64-14)] == 0 {
			continue
		}
		for i := range t.entries {
			if e := &t.entries[i]; e.source-p < size {
				t.put(e, sourceEntry{})
			}
		}
		return
	}
}

// pointsTo reports whether the source has p. A source in memory that was unmapped has nothing. Its memory may be another variable's, whose owner need not know of us.
//
//go:norace
func (e sourceEntry) pointsTo(p unsafe.Pointer) (points bool) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if recover() != nil {
			points = false
		}
	}()
	return **(**uintptr)(unsafe.Pointer(&e.source)) == uintptr(p)
}

// swappedOut is called when p was taken out of a Pointer's source.
func swappedOut(p, src unsafe.Pointer) {
	if p != nil {
		sources.set(p, src, here())
	}
}

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

// checkRetire panics if the object is pending, or a reader can still come to it from where another one was seen to have it from.
func checkRetire(p, kind unsafe.Pointer, size uintptr) {
	at := here()
	e, known := sources.get(p)
	pendingMu.Lock()
	defer pendingMu.Unlock()
	if before, pending := pendingRecords[pendingKey{uintptr(p), kind}]; pending {
		misuse(fmt.Sprintf("Retire of a %s at %p that has been retired already", kindName(kind), p), event{"retired", before.retired})
	}
	if known && !reclaiming() && e.pointsTo(p) {
		misuse(fmt.Sprintf("Retire of a %s at %p that readers can still load from %#x", kindName(kind), p, e.source), event{"loaded from there", e.at})
	}
	pendingRecords[pendingKey{uintptr(p), kind}] = pendingRecord{at, size}
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

package mapped

import (
	"container/list"
	"fmt"
	"log/slog"
	"sync"
	"time"
	"unsafe"

	"hazptr/internal/goroutine"
)

// An Ended tells of an address at which a file was mapped, until the mapping
// ended. It is the error with which Do panics after a use of such an address.
type Ended struct {
	Path string

	// Of the mapping, as in live.Status. It is 0 if parse has refused the
	// mapping.
	Generation uint64

	Offset int64     // of the address in the file
	At     time.Time // when the mapping ended

	// Where the last Do or View of the mapping began; "" if there was none.
	LastUse string
}

// Error tells all of it.
func (e *Ended) Error() string {
	last := "it was never in use"
	if e.LastUse != "" {
		last = "its last use began at " + e.LastUse
	}
	return fmt.Sprintf("mapped: byte %d of %s was used after its mapping, of generation %d, had ended, %v ago; %s",
		e.Offset, e.Path, e.Generation, time.Since(e.At).Round(time.Millisecond), last)
}

// Explain tells which mapping was at an address: that of a fault, which has a
// method Addr if debug.SetPanicOnFault has made a panic of it, or that of a
// crash of this process. It knows the mappings in quarantine: see
// Options.Quarantine and Options.PrivateViews.
func Explain(address uintptr) (*Ended, bool) { return ended.find(address) }

// ended are all ranges in quarantine.
var ended quarantine

// A quarantine has ranges of addresses that are inaccessible, until their time
// ends.
type quarantine struct {
	mu   sync.Mutex // guards what follows
	kept list.List  // of *keptRange, in the order in which they ended
}

// maxKept bounds the ranges, each of which is a mapping: Linux allows a process
// 65530 of them.
const maxKept = 4096

type keptRange struct {
	ended  Ended
	bytes  []byte
	logger *slog.Logger
	at     *list.Element // nil when it was taken out
	timer  *time.Timer   // nil if it belongs to a bubble of testing/synctest
}

// add makes b inaccessible, and unmaps it after d.
func (q *quarantine) add(e Ended, b []byte, d time.Duration, logger *slog.Logger) error {
	from := uintptr(unsafe.Pointer(unsafe.SliceData(b)))
	logger.Info("mapped: the addresses of an ended mapping are in quarantine", "path", e.Path, "generation", e.Generation,
		"from", fmt.Sprintf("%#x", from), "to", fmt.Sprintf("%#x", from+uintptr(len(b))), "for", d, "lastUse", e.LastUse)
	oldest, err := q.push(&keptRange{ended: e, bytes: b, logger: logger}, d)
	if oldest != nil {
		oldest.unmap()
	}
	return err
}

// push makes k inaccessible for d. If that is one range too many, it takes out
// the oldest and returns it; the caller unmaps it. All of it is done under the
// lock. A fault must find k. K must not be unmapped before it is inaccessible,
// when its addresses may be another's. Two callers must not get the same range.
func (q *quarantine) push(k *keptRange, d time.Duration) (oldest *keptRange, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	k.at = q.kept.PushBack(k)
	err = forbid(k.bytes)
	timer := time.AfterFunc(d, func() { q.end(k) })
	if !goroutine.Bubbled() { // or another goroutine must not stop it
		k.timer = timer
	}
	if q.kept.Len() > maxKept {
		oldest = q.kept.Front().Value.(*keptRange)
		q.remove(oldest)
	}
	return oldest, err
}

// end ends the quarantine of k, unless it has ended.
func (q *quarantine) end(k *keptRange) {
	if q.take(k) {
		k.unmap()
	}
}

// take takes k out, and reports whether it was there.
func (q *quarantine) take(k *keptRange) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if k.at == nil {
		return false
	}
	q.remove(k)
	return true
}

// remove takes k out, which is there. It is called under mu.
func (q *quarantine) remove(k *keptRange) {
	q.kept.Remove(k.at)
	k.at = nil
	if k.timer != nil {
		k.timer.Stop()
	}
}

// unmap is called once, when k is out of quarantine.
func (k *keptRange) unmap() {
	if err := unmap(k.bytes); err != nil {
		k.logger.Error("mapped: a mapping cannot be ended after its quarantine", "path", k.ended.Path, "err", err)
	}
}

func (q *quarantine) find(address uintptr) (*Ended, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for at := q.kept.Front(); at != nil; at = at.Next() {
		k := at.Value.(*keptRange)
		if offset, ok := within(k.bytes, address); ok {
			e := k.ended
			e.Offset = int64(offset)
			return &e, true
		}
	}
	return nil, false
}

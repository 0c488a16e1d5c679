package rcu

import (
	"fmt"
	"runtime"
	"sync/atomic"

	"hazptr/internal/fence"
	"hazptr/internal/perproc"
)

// A Reader is one goroutine's way into the read sections of a [Domain].
// Sections nest: the outermost ReadUnlock ends what the outermost ReadLock
// began. Inside, whatever a reader loads from the structures that the Domain
// protects stays until the section ends.
//
// All methods must be called by one goroutine at a time, with a happens-before
// edge between one owner's calls and the next one's. A section must not wait
// for a grace period of its own domain, which waits for it. A Reader must not
// be copied.
//
// A Reader should be closed. One that the garbage collector finds without Close
// is closed then, which may be long after if grace periods follow one another
// without a break. If it is forgotten inside a section no grace period ends
// again.
//
// In the terminology of the Go memory model, for each grace period and each
// read section either what "happens before" the grace period's beginning
// "synchronizes before" the ReadLock, or the ReadUnlock "synchronizes before"
// the grace period's end.
type Reader struct {
	// A read writes to this cache line. Only this Reader's words may be on it.
	_ [perproc.CacheLine]byte

	// word is outside, or the number of the grace period that epoch had when
	// the section began, or that number with nested set. word and epoch are in
	// the Reader and not behind a pointer. On Zen 4 a load that follows a store
	// through the same register costs nothing; through another it costs five
	// cycles.
	word uintptr

	// Grace periods write epoch: the number of the last one that has begun.
	epoch uintptr

	quiet    bool // where plain: no grace period waits for the end of a section
	watching      // elsewhere: whether one does

	depth        int // sections inside the outermost one
	domain       *Domain
	registration *registration

	_ [perproc.CacheLine]byte
	_ noCopy
}

// noCopy makes go vet report copies.
type noCopy struct{}

func (*noCopy) Lock()   {}
func (*noCopy) Unlock() {}

// What a Reader's word is. The zero Reader, and a closed one, has another, so
// that the fast path needs no second test.
const (
	outside = 1
	inside  = 2 // the two low bits of each epoch
	nested  = 1 // is added to them
	mask    = 3
	step    = 4 // from one epoch to the next
)

// ReadLock begins a read section.
func (r *Reader) ReadLock() {
	if r.word != outside {
		r.nest()
		return
	}
	// [inside] Before every load of the section, by the Heavy of a grace
	// period. The epoch may be one that has passed by now. Then a grace period
	// that begins before this store is seen waits for us although it need not.
	fence.Publish(&r.word, atomic.LoadUintptr(&r.epoch))
}

// ReadUnlock ends a read section.
func (r *Reader) ReadUnlock() {
	// As it stands it is what the inliner's budget has room for.
	word := r.word
	if word&mask == inside {
		if plain {
			r.word = outside // [outside]
			if r.quiet {     // [watched?]
				return
			}
		} else if r.end() {
			return
		}
	}
	r.ended(word)
}

// ended does what a ReadUnlock seldom has to do. The word is what r.word was
// before.
//
//go:noinline
func (r *Reader) ended(word uintptr) {
	switch {
	case word&mask == inside:
		// It need not be this section's end that the grace period waits for.
		r.domain.readers.notice.Give()
	case word == outside:
		panic("rcu: ReadUnlock of a Reader that is not in a read section")
	default:
		r.check("ReadUnlock")
		r.unnest()
	}
}

// nest begins a section inside another one.
func (r *Reader) nest() {
	r.check("ReadLock")
	r.depth++
	fence.Release(&r.word, r.word|nested)
}

// unnest ends a section inside another one.
func (r *Reader) unnest() {
	r.depth--
	if r.depth == 0 {
		fence.Release(&r.word, r.word&^nested)
	}
}

func (r *Reader) check(method string) {
	if r == nil || r.word == 0 {
		panic(fmt.Sprintf("rcu: %s of a Reader after Close, or not made by NewReader", method))
	}
}

// Close gives the Reader back. It panics inside a read section. After Close
// every method panics.
func (r *Reader) Close() {
	r.check("Close")
	if r.word != outside {
		panic("rcu: Close of a Reader inside a read section")
	}
	r.domain.readers.remove(r.registration)
	fence.Release(&r.word, 0)
	runtime.SetFinalizer(r, nil)
}

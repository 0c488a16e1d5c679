package hazard

import (
	"slices"
	"sync"
)

// A Watch asks to be told when a slot ceases to hold an address.
//
// The protocol, of a Watcher that a look has told that the slots hold what it
// waits for:
//
//	Add(them) → fence.Heavy → Holds, of each → Remove the ones that don't
//
// Where Holds, [recheck], finds the address, the reader's End finds the flag
// that Add has set, [watch], and notifies. What must never happen is that
// [recheck] finds the address, and the reader's [watched?] no flag. Let F be
// the reader's point in Heavy. If [clear] comes before F, [recheck] sees it. If
// it comes after F, so does [watched?], and [watch] was visible before Heavy
// began.
//
// A notification may be spurious: the slot may be watched for an earlier
// protection, or by two Watchers. It is never missing, since the flag stays set
// until each Watcher has itself seen the slot without its address and has
// called Remove. A notifier takes nothing back: its [watched?] may be late, and
// the watch for another reader's protection in the same slot.
type Watch struct {
	Slot    *Slot
	Address uintptr
	By      Watcher

	// The Watcher's own:
	Of    any // what it waits for
	Noted bool
	Place int

	next *Watch // of the same slot; under watches.mu
}

// A Watcher has Watches.
type Watcher interface {
	// Left takes note that the slot of a Watch may have been left. It is called
	// under the lock of all Watches, which Add and Remove need, too.
	Left(w *Watch)

	// Serve does what follows. With alone set no other Watcher waits for the
	// caller to come back, so it may call a user's function.
	Serve(alone bool)
}

// Holds reports whether the slot still holds the address. [recheck]
func (w *Watch) Holds() bool { return w.Slot.Holds(w.Address) }

// Silent reports whether the slot may be left without a word. A Watcher must
// look at it now and then.
func (w *Watch) Silent() bool { return w.Slot.silent }

// watches are the Watches of all slots.
var watches = watchTable{of: map[*Slot]*Watch{}}

type watchTable struct {
	mu sync.Mutex
	of map[*Slot]*Watch
}

// Add adds Watches. A Heavy must follow, and a [recheck] of each.
func Add(ws []*Watch) {
	watches.mu.Lock()
	defer watches.mu.Unlock()
	for _, w := range ws {
		w.next = watches.of[w.Slot]
		watches.of[w.Slot] = w
		w.Slot.watch(true) // [watch]
	}
}

// Remove takes back Watches whose slots the caller has seen without the
// address, or that it needs no more.
func Remove(ws []*Watch) {
	watches.mu.Lock()
	defer watches.mu.Unlock()
	for _, w := range ws {
		watches.remove(w)
	}
}

// remove is called under mu.
func (t *watchTable) remove(w *Watch) {
	first := t.of[w.Slot]
	if first != w {
		before := first
		for before.next != w {
			before = before.next
		}
		before.next = w.next
		return
	}
	if w.next != nil {
		t.of[w.Slot] = w.next
		return
	}
	delete(t.of, w.Slot)
	w.Slot.watch(false)
}

// look has p look at its slots, unasked, and returns how many hold what it
// waits for.
func (t *watchTable) look(p *parking) (holding int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	p.look()
	return len(p.held)
}

// leave takes back p's Watches, and returns how many there were.
func (t *watchTable) leave(p *parking) (holding int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, w := range p.held {
		t.remove(w)
	}
	return len(p.held)
}

// ended tells the Watchers of the slot, which may have reclaim functions called
// if that is free.
func (t *watchTable) ended(s *Slot, free bool) {
	var few [4]Watcher
	serve := few[:0]
	t.mu.Lock()
	for w := t.of[s]; w != nil; w = w.next {
		w.By.Left(w)
		if !slices.Contains(serve, w.By) {
			serve = append(serve, w.By)
		}
	}
	t.mu.Unlock()
	for _, by := range serve {
		by.Serve(free && len(serve) == 1)
	}
}

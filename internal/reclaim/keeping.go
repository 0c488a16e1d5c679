package reclaim

import (
	"slices"

	"hazptr/internal/hazard"
)

// A keeping is what a pass keeps, and what it has found ready and not handed
// over to the ledger.
type keeping struct {
	chunks *chunkPool

	// alone is set in a bubble of testing/synctest, where a reader outside it
	// must not notify: it would start goroutines and close channels there. All
	// slots are taken for silent ones, and no Watch is added.
	alone bool

	// What something protects, in the order of rounds. Objects without Watches
	// have gone.
	kept []*keptObject

	first  int             // index of the first that has not gone
	gone   int             // how many have, from first on
	holds  int             // Watches of all that are kept
	bytes  int64           // that they hold
	silent []*hazard.Watch // of slots that may be left without a word
	early  []*hazard.Watch // of the pass under way: added before its look
	fresh  []*hazard.Watch // of that pass, too, and yet to be added
	over   []*hazard.Watch // whose slots hold the object no longer

	// Rounds of the objects that nothing holds any more, and that the ledger
	// was not told of.
	freed []int64

	unused []*hazard.Watch

	spans []span // what has been found ready
	n     int    // objects in spans
	ready int64  // objects handed over, since the start

	// One for each entry that was moved out of a chunk, and for each chunk that
	// was left.
	moved []*chunk

	spare *chunk  // where objects go that are kept no longer
	used  uintptr // entries of spare
}

// A keptObject is an object that something protects.
type keptObject struct {
	Object
	round int64           // that collected it
	told  int64           // its age when a stall was reported, or 0
	holds []*hazard.Watch // one for each slot that holds it
}

// slots returns the slots that hold the object.
func (o *keptObject) slots() []*hazard.Slot {
	slots := make([]*hazard.Slot, len(o.holds))
	for i, w := range o.holds {
		slots[i] = w.Slot
	}
	return slots
}

// live returns how many objects are kept.
func (k *keeping) live() int { return len(k.kept) - k.first - k.gone }

// all yields the objects that are kept, in the order of rounds.
func (k *keeping) all(yield func(*keptObject) bool) {
	for _, o := range k.kept[k.first:] {
		if len(o.holds) > 0 && !yield(o) {
			return
		}
	}
}

// oldest returns the round of the oldest object that is kept, or never.
func (k *keeping) oldest() int64 {
	if k.first == len(k.kept) {
		return never
	}
	return k.kept[k.first].round
}

// upTo returns how many of the objects that are kept are of the round or of
// those before it.
func (k *keeping) upTo(round int64) (n int64) {
	for o := range k.all {
		if o.round > round {
			break
		}
		n++
	}
	return n
}

// keep keeps an object, which no other has of a later round yet. Its Watches
// are yet to be added.
func (k *keeping) keep(o Object, round int64, slots func(func(*hazard.Slot) bool), by hazard.Watcher) {
	kept := &keptObject{Object: o, round: round}
	for slot := range slots {
		w := k.foreseen(slot, uintptr(o.at))
		if w == nil {
			w = k.watch(slot, uintptr(o.at), by)
			k.fresh = append(k.fresh, w)
		}
		w.Of = kept
		kept.holds = append(kept.holds, w)
		if k.alone || w.Silent() {
			w.Place = len(k.silent)
			k.silent = append(k.silent, w)
		}
	}
	k.holds += len(kept.holds)
	k.bytes += o.bytes
	k.kept = append(k.kept, kept)
}

// foreseen returns the Watch that was added before the look, or nil.
func (k *keeping) foreseen(slot *hazard.Slot, address uintptr) *hazard.Watch {
	for i, w := range k.early {
		if w.Slot == slot && w.Address == address && w.Of == nil {
			k.early[i] = k.early[len(k.early)-1]
			k.early = k.early[:len(k.early)-1]
			return w
		}
	}
	return nil
}

// unforeseen takes back the Watches that the look had no use for.
func (k *keeping) unforeseen() {
	k.over = append(k.over, k.early...)
	clear(k.early)
	k.early = k.early[:0]
}

// watch returns a Watch that is yet to be added.
func (k *keeping) watch(slot *hazard.Slot, address uintptr, by hazard.Watcher) (w *hazard.Watch) {
	if last := len(k.unused) - 1; last >= 0 {
		w = k.unused[last]
		k.unused = k.unused[:last]
	} else {
		w = new(hazard.Watch)
	}
	w.Slot, w.Address, w.By, w.Of = slot, address, by, nil
	return w
}

// look looks whether the slot of w still holds the object, and releases the
// object when it was the last one.
func (k *keeping) look(w *hazard.Watch) {
	o, _ := w.Of.(*keptObject)
	if o == nil { // it was over before it was noted
		k.unused = append(k.unused, w)
		return
	}
	if w.Holds() {
		return
	}
	if k.alone || w.Silent() {
		last := k.silent[len(k.silent)-1]
		k.silent[w.Place], last.Place = last, w.Place
		k.silent[len(k.silent)-1] = nil
		k.silent = k.silent[:len(k.silent)-1]
	}
	last := len(o.holds) - 1
	o.holds[slices.Index(o.holds, w)] = o.holds[last]
	o.holds[last] = nil
	o.holds = o.holds[:last]
	w.Of = nil
	k.holds--
	k.over = append(k.over, w)
	if len(o.holds) == 0 {
		k.bytes -= o.bytes
		k.freed = append(k.freed, o.round)
		k.release(o)
		k.gone++
	}
}

// tidy takes back the Watches that are over, and forgets what has gone.
func (k *keeping) tidy() {
	if len(k.over) == 0 {
		return
	}
	if !k.alone {
		hazard.Remove(k.over)
	}
	for _, w := range k.over {
		if !w.Noted { // otherwise it is on its way to look
			k.unused = append(k.unused, w)
		}
	}
	clear(k.over)
	k.over = k.over[:0]
	for k.first < len(k.kept) && len(k.kept[k.first].holds) == 0 {
		k.kept[k.first] = nil
		k.first++
		k.gone--
	}
	if k.first+k.gone > k.live() {
		live := slices.DeleteFunc(k.kept[k.first:], func(o *keptObject) bool { return len(o.holds) == 0 })
		n := copy(k.kept, live)
		clear(k.kept[n:])
		k.kept, k.first, k.gone = k.kept[:n], 0, 0
	}
}

// give makes a span ready.
func (k *keeping) give(piece span) {
	if piece.from < piece.to {
		k.spans = append(k.spans, piece)
		k.n += int(piece.to - piece.from)
	}
}

// release makes an object ready that is kept no longer.
func (k *keeping) release(o *keptObject) {
	if k.spare == nil || k.used == chunkLen {
		if k.spare != nil {
			k.moved = append(k.moved, k.spare)
		}
		k.spare, k.used = k.chunks.get(), 0
	}
	k.spare.set(k.used, o.Object)
	// No pointer to it must be left here when it is reclaimed.
	o.Object = Object{}
	k.used++
	if last := len(k.spans) - 1; last >= 0 && k.spans[last].chunk == k.spare && k.spans[last].round == o.round {
		k.spans[last].to++
		k.n++
		return
	}
	k.give(span{chunk: k.spare, from: k.used - 1, to: k.used, round: o.round})
}

// handedOver forgets what was found ready. The ledger has it.
func (k *keeping) handedOver() {
	clear(k.moved)
	clear(k.spans)
	k.ready += int64(k.n)
	k.moved, k.spans, k.n, k.freed = k.moved[:0], k.spans[:0], 0, k.freed[:0]
}

package reclaim

// A keeping is what a pass keeps, and what it has found ready and not handed
// over to the ledger.
type keeping struct {
	chunks *chunkPool

	kept    []keptObject // what was protected at the last pass, in the order of rounds
	holding []*uintptr   // the slots that hold them, in the same order

	spans []span   // what has been found ready
	n     int      // objects in spans
	ready int64    // objects handed over, since the start
	moved []*chunk // one for each entry that was moved out of a chunk, and for each chunk that was left
	spare *chunk   // where objects go that are kept no longer
	used  uintptr  // entries of spare
}

// A keptObject is an object that something protects.
type keptObject struct {
	Object
	round int64 // that collected it
	slots int   // how many hold it
	told  int64 // its age when a stall was reported, or 0
}

// oldest returns the round of the oldest object that is kept, or never.
func (k *keeping) oldest() int64 {
	if len(k.kept) == 0 {
		return never
	}
	return k.kept[0].round
}

// bytes returns how many bytes the kept objects hold.
func (k *keeping) bytes() (sum int64) {
	for i := range k.kept {
		sum += k.kept[i].bytes
	}
	return sum
}

// give makes a span ready.
func (k *keeping) give(piece span) {
	if piece.from < piece.to {
		k.spans = append(k.spans, piece)
		k.n += int(piece.to - piece.from)
	}
}

// release makes an object ready that is kept no longer.
func (k *keeping) release(o keptObject) {
	if k.spare == nil || k.used == chunkLen {
		if k.spare != nil {
			k.moved = append(k.moved, k.spare)
		}
		k.spare, k.used = k.chunks.get(), 0
	}
	k.spare.set(k.used, o.Object)
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
	k.moved, k.spans, k.n = k.moved[:0], k.spans[:0], 0
}

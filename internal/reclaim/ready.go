package reclaim

// A readyList has the objects that nothing protects any more, in the order in
// which they are reclaimed. It is guarded by the ledger's lock.
type readyList struct {
	spans []span
	next  int // index of the first that isn't handed out
	gone  int // spans that stood before spans[0], since the start

	added  int64 // objects, since the start
	handed int64 // of added, those handed to workers
	done   int64 // of handed, those reclaimed and counted

	doneBytes int64
}

// waiting returns how many objects are ready or being reclaimed.
func (l *readyList) waiting() int64 { return l.added - l.done }

// left returns how many objects are to be handed to workers.
func (l *readyList) left() int { return int(l.added - l.handed) }

// add appends the spans, which have n objects.
func (l *readyList) add(spans []span, n int) {
	if l.next > 0 && len(l.spans)+len(spans) > cap(l.spans) {
		l.gone += l.next
		l.spans = l.spans[:copy(l.spans, l.spans[l.next:])]
		l.next = 0
	}
	for _, s := range spans {
		// Objects that become ready one by one are often neighbours.
		if last := len(l.spans) - 1; last >= l.next && l.spans[last].chunk == s.chunk && l.spans[last].to == s.from && l.spans[last].round == s.round {
			l.spans[last].to = s.to
			continue
		}
		l.spans = append(l.spans, s)
	}
	l.added += int64(n)
}

// cut takes at most n objects off the list, which is not empty.
func (l *readyList) cut(n int) span {
	s := &l.spans[l.next]
	n = min(n, int(s.to-s.from))
	run := span{chunk: s.chunk, from: s.from, to: s.from + uintptr(n), round: s.round}
	l.handed += int64(n)
	if s.from = run.to; s.from == s.to {
		*s = span{}
		if l.next++; l.next == len(l.spans) {
			l.gone += l.next
			l.spans, l.next = l.spans[:0], 0
		}
	}
	return run
}

// finish counts n objects as reclaimed, which held so many bytes.
func (l *readyList) finish(n int, bytes int64) {
	l.done += int64(n)
	l.doneBytes += bytes
}

// oldest returns the earliest round of an object that is not handed out, or
// never.
func (l *readyList) oldest() int64 {
	oldest := int64(never)
	for _, s := range l.spans[l.next:] {
		oldest = min(oldest, s.round)
	}
	return oldest
}

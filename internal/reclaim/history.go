package reclaim

import (
	"cmp"
	"slices"
	"time"
)

// A history remembers how many objects were pending in the last minutes. It is
// guarded by the ledger's lock.
//
// It needs no goroutine and no timer: each change of the number is noted, and
// between two changes it stays as it is.
type history struct {
	ring [historyLen]noted
	last noted // the last one noted
	over noted // the last one whose place another has taken
}

// noted is a second, numbered from 1, that of the beginning. A second that was
// not noted has number 0.
type noted struct{ number, most, end int64 }

const historyLen = 300

// note says that pending objects are pending now.
func (h *history) note(now, pending int64) {
	// In a bubble of testing/synctest now may be negative.
	number := 1 + max(0, now)/int64(time.Second)
	s := &h.ring[number%historyLen]
	if s.number != number {
		if s.number > h.over.number {
			h.over = *s
		}
		*s = noted{number: number, most: h.last.end}
	}
	s.most = max(s.most, pending)
	s.end = pending
	h.last = *s
}

// A Second tells how many objects were pending during one second, as far as
// passes had seen them: at most at once, and when it ended.
type Second struct {
	Begin time.Time
	Most  int64
	End   int64
}

// seconds returns what is remembered, the oldest first: of the last historyLen
// seconds, and what came before those in which nothing changed.
func (h *history) seconds(epoch time.Time) (seconds []Second) {
	for _, s := range append(h.ring[:], h.over) {
		if s.number != 0 && s.number >= h.over.number {
			seconds = append(seconds, Second{epoch.Add(time.Duration(s.number-1) * time.Second), s.most, s.end})
		}
	}
	slices.SortFunc(seconds, func(a, b Second) int { return cmp.Compare(a.Begin.UnixNano(), b.Begin.UnixNano()) })
	return seconds
}

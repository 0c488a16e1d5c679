package hazptr

import (
	"cmp"
	"slices"
	"time"
)

// A history remembers how many objects were pending in the last minutes. It is guarded by the domain's mu.
//
// It needs no goroutine and no timer: whoever changes the number notes it, and where nobody does it stays as it is.
type history struct {
	ring [historyLen]noted
	last noted // the last one noted
	over noted // the last of those whose place another one has taken
}

// noted is a Second, numbered from the domain's beginning. 0 is one that wasn't.
type noted struct{ number, most, end int64 }

const historyLen = 300

// note says that pending objects are pending now, by the domain's clock.
func (h *history) note(now, pending int64) {
	number := 1 + max(0, now)/int64(time.Second) // in a bubble of testing/synctest it may be earlier than the domain
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

// seconds returns what is remembered, the oldest first: of the last historyLen seconds, and what came before those in which nothing changed.
func (h *history) seconds(epoch time.Time) (seconds []Second) {
	for _, s := range append(h.ring[:], h.over) {
		if s.number != 0 && s.number >= h.over.number {
			seconds = append(seconds, Second{epoch.Add(time.Duration(s.number-1) * time.Second), s.most, s.end})
		}
	}
	slices.SortFunc(seconds, func(a, b Second) int { return cmp.Compare(a.Begin.UnixNano(), b.Begin.UnixNano()) })
	return seconds
}

// note remembers how many objects are pending, if the domain has a name. It is called under mu.
func (d *Domain) note() {
	if d.history != nil {
		d.history.note(d.clock(), d.scanned-d.ready.done)
	}
}

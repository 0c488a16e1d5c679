package reclaim

import "time"

// A history remembers how many objects were pending in the last minutes, second
// by second. It is guarded by the ledger's lock.
//
// It needs no goroutine and no timer: each change of the number is noted, and
// between two changes it stays as it is.
type history []noted

// noted is a second, numbered from 1, that of the beginning.
type noted struct{ number, most, end int64 }

const historyLen = 300

// note says that pending objects are pending now.
func (h *history) note(now, pending int64) {
	number := 1 + max(0, now)/int64(time.Second) // in a bubble of testing/synctest now may be negative
	if n := len(*h); n == 0 || (*h)[n-1].number < number {
		h.begin(number)
	}
	s := &(*h)[len(*h)-1]
	s.most = max(s.most, pending)
	s.end = pending
}

// begin begins a second, and forgets those that are older than historyLen. The
// last of these stays, since it tells what was pending when the others began.
func (h *history) begin(number int64) {
	old, s := *h, noted{number: number}
	for len(old) > 1 && old[1].number <= number-historyLen {
		old = old[1:]
	}
	if n := len(old); n > 0 {
		s.most = old[n-1].end
	}
	// A copy, which is no larger than it must be: most domains are quiet.
	*h = append(append(make(history, 0, len(old)+1), old...), s)
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
func (h history) seconds(epoch time.Time) (seconds []Second) {
	for _, s := range h {
		seconds = append(seconds, Second{epoch.Add(time.Duration(s.number-1) * time.Second), s.most, s.end})
	}
	return seconds
}

package main

import (
	"sync/atomic"
	"time"

	"hazptr/loads/internal/latency"
)

// A reader asks one question after the other, checks the answers and times the lookups. What it costs is the same for every way.
type reader struct {
	stop      *atomic.Bool
	questions []question
	next      int
	answer    answer // decoded into; one for all lookups, so that they allocate nothing
	findings  *findings

	began   time.Time
	lapped  time.Duration // since began
	latency *latency.Histogram

	_ [128]byte // each lookup writes to the fields above, and readers are allocated side by side
}

// start begins with the question at the given place, so that readers are apart.
func (r *reader) start(place int) {
	r.next = place % len(r.questions)
	r.latency = latency.NewHistogram()
	r.began = time.Now()
}

func (r *reader) more() bool { return !r.stop.Load() }

// ask looks the next question up in db, which the caller keeps from being unmapped meanwhile, and checks the answer.
func (r *reader) ask(db *database) {
	q := &r.questions[r.next]
	if r.next++; r.next == len(r.questions) {
		r.next = 0
	}

	err := db.lookup(q.addr, &r.answer)
	edition := r.answer.Edition
	r.answer.Edition = 0
	if err == nil && edition == db.edition && r.answer == q.want && !db.unmapped.Load() {
		return
	}

	if db.unmapped.Load() {
		r.findings.add(usedAfterUnmap, "the database was unmapped while %v was looked up in it", q.addr)
	}
	switch {
	case err != nil:
		r.findings.add(failedLookup, "%v: %v", q.addr, err)
	case edition != db.edition:
		r.findings.add(wrongAnswer, "%v was looked up in edition %#x, the answer is of %#x", q.addr, db.edition, edition)
	case r.answer != q.want:
		r.findings.add(wrongAnswer, "%v: got %+v, want %+v", q.addr, r.answer, q.want)
	}
}

// lap ends a lookup, after the database was released. It is timed from the end of the one before, so nothing that holds a reader up is missed, and the
// clock is read once a lookup.
func (r *reader) lap() {
	now := time.Since(r.began)
	r.latency.Record(now - r.lapped)
	r.lapped = now
}

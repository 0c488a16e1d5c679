package main

import (
	"sync/atomic"
	"time"

	"hazptr/tools/loads/internal/latency"
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

// question is the next one.
func (r *reader) question() *question {
	q := &r.questions[r.next]
	if r.next++; r.next == len(r.questions) {
		r.next = 0
	}
	return q
}

// ask looks the next question up in db, which the caller keeps from being unmapped meanwhile, and checks the answer.
func (r *reader) ask(db *database) {
	q := r.question()
	err := db.lookup(q.addr, &r.answer)
	r.check(q, db.edition, db.unmapped.Load(), err)
}

// check compares the answer, which came from a database of the edition asked, with what it should be. The database was unmapped meanwhile, or not.
func (r *reader) check(q *question, asked uint64, unmapped bool, err error) {
	edition := r.answer.Edition
	r.answer.Edition = 0
	if err == nil && edition == asked && r.answer == q.want && !unmapped {
		return
	}

	if unmapped {
		r.findings.add(usedAfterUnmap, "the database was unmapped while %v was looked up in it", q.addr)
	}
	switch {
	case err != nil:
		r.findings.add(failedLookup, "%v: %v", q.addr, err)
	case edition != asked:
		r.findings.add(wrongAnswer, "%v was looked up in edition %#x, the answer is of %#x", q.addr, asked, edition)
	case r.answer.Record != q.want.Record:
		r.findings.add(wrongAnswer, "%v: the record is not the one that the file has", q.addr)
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

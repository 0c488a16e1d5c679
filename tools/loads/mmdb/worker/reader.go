package main

import (
	"fmt"
	"sync"
	"sync/atomic"

	"hazptr/tools/loads/internal/contest"
	"hazptr/tools/loads/internal/keeper"
)

// A reader asks one question after the other and checks the answers. What that
// costs is the same for every way.
type reader struct {
	questions []question
	next      int
	answer    answer // decoded into; one for all, to allocate nothing
	findings  *findings

	contest.Worker
}

// newReader returns a reader that begins at the given place, so that readers
// are apart.
func newReader(questions []question, place int, found *findings, base contest.Worker) *reader {
	return &reader{questions: questions, next: place % len(questions), findings: found, Worker: base}
}

// question is the next one.
func (r *reader) question() *question {
	q := &r.questions[r.next]
	if r.next++; r.next == len(r.questions) {
		r.next = 0
	}
	return q
}

// read asks until the reader has had enough.
func (r *reader) read(look keeper.Look[database]) {
	ask := r.ask
	for r.More() {
		look(ask)
		r.Lap()
	}
}

// ask looks the next question up in db, which the caller keeps from being
// unmapped meanwhile, and checks the answer.
func (r *reader) ask(db *database) {
	q := r.question()
	err := db.lookup(q.addr, &r.answer)
	r.check(q, db.edition, db.Ended.Load(), err)
}

// check compares the answer, which came from a database of the edition asked,
// with what it should be. The database was unmapped meanwhile, or not.
func (r *reader) check(q *question, asked uint64, unmapped bool, err error) {
	edition := r.answer.Edition
	r.answer.Edition = 0
	if err == nil && edition == asked && r.answer == q.want && !unmapped {
		return
	}

	if unmapped {
		r.found(usedAfterUnmap, "the database was unmapped while %v was looked up in it", q.addr)
	}
	switch {
	case err != nil:
		r.found(failedLookup, "%v: %v", q.addr, err)
	case edition != asked:
		r.found(wrongAnswer, "%v was looked up in edition %#x, the answer is of %#x", q.addr, asked, edition)
	case r.answer.Record != q.want.Record:
		r.found(wrongAnswer, "%v: the record is not the one that the file has", q.addr)
	case r.answer != q.want:
		r.found(wrongAnswer, "%v: got %+v, want %+v", q.addr, r.answer, q.want)
	}
}

func (r *reader) found(f finding, format string, arguments ...any) {
	if err := r.findings.add(f, fmt.Sprintf(format, arguments...)); err != nil {
		r.Fail(err)
	}
}

// A finding is something that a lookup must never meet.
type finding int

const (
	// The mapping had ended while the reader held the database.
	usedAfterUnmap finding = iota
	wrongAnswer            // not what the database holds
	failedLookup           // no answer but an error
	findingCount
)

func (f finding) String() string {
	return [findingCount]string{"use after unmap", "wrong answer", "failed lookup"}[f]
}

// The findings of a round's readers.
type findings struct {
	counts [findingCount]atomic.Int64

	// first is called once for each kind of finding and for one at a time.
	first func(f finding, detail string) error
	mu    sync.Mutex
}

// add counts a finding and, if it is the first of its kind, returns what first
// says of it.
func (fs *findings) add(f finding, detail string) error {
	if fs.counts[f].Add(1) > 1 {
		return nil
	}
	fs.mu.Lock()
	defer fs.mu.Unlock()
	return fs.first(f, detail)
}

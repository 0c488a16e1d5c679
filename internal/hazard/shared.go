package hazard

import (
	"slices"
	"sync"
	"unsafe"

	"hazptr/internal/fence"
)

// synchronizing is the look that all callers of Wait share.
var synchronizing sharedLook

// A sharedLook tells which slots hold an object. Callers that ask while a look
// is under way share the next one, and its fence. A caller that finds no look
// under way makes one at once, for itself; after it the first of the callers
// that wait makes one for all of them.
type sharedLook struct {
	mu      sync.Mutex
	busy    bool        // a look is under way
	waiting []*question // for the next one

	// Of the caller that makes the look:
	batch []*question
	own   question // of a caller that need not wait
	look  Look
}

// A question is for the slots that hold p.
type question struct {
	// No pointer: the question stays for a while after the asker was told, and
	// the asker may have unmapped the object.
	p uintptr

	held *parking // nil if no slot does

	// Closed when held is the answer, or when the asker has to make the look.
	done chan struct{}

	lead bool
}

// holding returns the slots that hold p, which the caller has unlinked, each
// with a Watch, or nil if there are none. By the rule that Look tells of, no
// other will, validly. It returns false when ended is closed before the look
// for it has begun.
//
// Nothing in here is the user's: a panic would leave the look under way for
// ever.
func (s *sharedLook) holding(ended <-chan struct{}, p unsafe.Pointer) (*parking, bool) {
	q := &s.own
	s.mu.Lock()
	if !s.busy {
		s.busy = true
		*q = question{p: uintptr(p)}
		s.batch = append(s.batch, q)
		s.mu.Unlock()
	} else {
		q = &question{p: uintptr(p), done: make(chan struct{})}
		s.waiting = append(s.waiting, q)
		s.mu.Unlock()
		select {
		case <-q.done:
		case <-ended:
			if s.withdraw(q) {
				return nil, false
			}
			<-q.done
		}
		if !q.lead {
			return q.held, true
		}
	}
	s.answer()
	held := q.held
	s.finish()
	return held, true
}

// alone returns the slots that hold p, without sharing the look.
func alone(p unsafe.Pointer) []*Slot {
	fence.Heavy() // between the unlinking and the look at the hazards
	var l Look
	l.Ask(1)
	l.About(uintptr(p))
	l.All()
	return slices.Collect(l.Holding(uintptr(p)))
}

// withdraw takes back a question, and reports whether it could.
func (s *sharedLook) withdraw(q *question) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.Index(s.waiting, q)
	if i < 0 {
		return false
	}
	s.waiting = slices.Delete(s.waiting, i, i+1)
	return true
}

// answer makes the look for the batch.
func (s *sharedLook) answer() {
	// Between the unlinking by each asker, which then took mu, and the look.
	fence.Heavy()
	s.look.Ask(len(s.batch))
	for _, q := range s.batch {
		s.look.About(q.p)
	}
	s.look.All()
	var all []*Watch
	for _, q := range s.batch {
		if q.held = newParking(q.p, &s.look); q.held != nil {
			all = append(all, q.held.held...)
		}
	}
	if len(all) == 0 {
		return
	}
	Add(all)
	fence.Heavy() // between [watch] and [recheck]
	for _, q := range s.batch {
		if q.held != nil {
			watches.look(q.held)
		}
	}
}

// finish tells the others of the batch, and the caller that makes the next
// look.
func (s *sharedLook) finish() {
	for _, q := range s.batch {
		if !q.lead && q.done != nil {
			close(q.done)
		}
	}
	s.own = question{}
	clear(s.batch)
	s.mu.Lock()
	s.batch, s.waiting = s.waiting, s.batch[:0]
	s.busy = len(s.batch) > 0
	if s.busy {
		s.batch[0].lead = true
		close(s.batch[0].done)
	}
	s.mu.Unlock()
}

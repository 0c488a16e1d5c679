package main

import (
	"sync"
	"time"

	"hazptr/tools/internal/way"
)

// tried is how long an update may take before its updater counts as blocked.
const tried = 100 * time.Millisecond

// blocked tells which writers a reader that stays keeps from going on.
type blocked int

const (
	noWriter    blocked = iota
	itsWriter           // only the one that replaces the reader's object
	everyWriter         // also the ones that replace others
)

func (b blocked) String() string { return [...]string{"none", "its writer", "every writer"}[b] }

// A stall is a reader that stays with an object, which is replaced.
type stall struct {
	reader way.Reader
	who    blocked
	tries  sync.WaitGroup // updates that have not returned
}

// stay makes a reader that has the object of the last source and stays, and
// finds out which writers that blocks: it replaces the object, and if that does
// not return in time one of the first source, which writer is for. Once the
// first update is under way it calls begin: the other readers' time is to be
// taken with the writer blocked.
func (s *session) stay(writer way.Writer, begin func()) *stall {
	st := &stall{reader: s.ending.Join()}
	last := s.sources - 1
	s.check(st.reader.Protect(last))
	first := st.update(s, s.ending.NewWriter(last))
	within(first, time.Millisecond)
	begin()
	if !within(first, tried) {
		st.who = itsWriter
		if !within(st.update(s, writer), tried) {
			st.who = everyWriter
		}
	}
	return st
}

// update starts an update, and returns what is closed when it has returned.
func (st *stall) update(s *session, w way.Writer) (returned chan struct{}) {
	returned = make(chan struct{})
	o := s.take(1)[0]
	if s.typ.When == way.Collected {
		s.objects[o.Number()] = nil
	}
	st.tries.Go(func() {
		defer close(returned)
		w.Update(o)
		s.updates.Add(1)
	})
	return returned
}

// finished returns what is closed when all have finished.
func finished(all *sync.WaitGroup) <-chan struct{} {
	through := make(chan struct{})
	go func() {
		defer close(through)
		all.Wait()
	}()
	return through
}

// within reports whether a channel is closed in time.
func within(closed <-chan struct{}, limit time.Duration) bool {
	select {
	case <-closed:
		return true
	case <-time.After(limit):
		return false
	}
}

// leave ends the stall and waits until the updates that it has held up have
// returned. It returns when the reader left.
func (st *stall) leave() time.Time {
	left := time.Now()
	st.reader.Clear()
	st.tries.Wait()
	st.reader.Leave()
	return left
}

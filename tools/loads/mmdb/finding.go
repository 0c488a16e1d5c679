package main

import (
	"sync"
	"sync/atomic"
)

// A finding is something that a lookup must never meet.
type finding int

const (
	usedAfterUnmap finding = iota // the mapping had ended while the reader held the database
	wrongAnswer                   // not what the database holds
	failedLookup                  // no answer but an error
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

package main

import (
	"fmt"
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

	// first is called by a reader, once for each kind of finding and for one at a time.
	first func(f finding, detail string)
	mu    sync.Mutex
}

func (fs *findings) add(f finding, format string, arguments ...any) {
	if fs.counts[f].Add(1) == 1 {
		fs.mu.Lock()
		defer fs.mu.Unlock()
		fs.first(f, fmt.Sprintf(format, arguments...))
	}
}

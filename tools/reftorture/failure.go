package main

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// A failure is something that must not happen.
type failure struct {
	Kind    string   `json:"kind"`
	Text    string   `json:"text"`
	Actor   string   `json:"actor"`
	After   float64  `json:"after_s"`
	History []string `json:"history,omitempty"` // of the actor, the latest last
}

// The kinds, by the kernel's names where it has one.
const (
	kindAge = "tfe" // a reader holds an object of an age above 1

	// A reader holds an object that has ended: a fault, or poison.
	kindEnded = "ended"

	// An object was said to be free of readers, and one had it.
	kindHeld = "held"

	// What was written before an object was published was not seen.
	kindMark = "rtmbe"

	// What a reader did before it left was not seen by a later reader.
	kindMailbox = "rtmbkf"

	kindTwice = "twice" // an object has ended twice

	// An object, or a callback, has not ended although nothing holds it up.
	kindLost = "lost"

	kindBarrier  = "rtbe"  // a barrier has returned before a callback
	kindError    = "rtbke" // a call has returned an error
	kindStall    = "stall" // a stall was not reported
	kindProgress = "rtfp"  // something does not get on
	kindList     = "list"  // a structure is not as it must be
	kindStack    = "stack" //
	kindQueue    = "queue" //
	kindPanic    = "panic" // a call has panicked
	kindDied     = "died"  // the process has died
)

// failures are those of a run.
type failures struct {
	begun time.Time
	first func() // called at the first one

	mu   sync.Mutex
	n    map[string]int // of each kind
	told []failure      // the first few of each kind
}

const (
	mostTold = 3  // of a kind
	mostAll  = 12 // of all kinds
)

func newFailures(first func()) *failures {
	return &failures{begun: time.Now(), first: first, n: make(map[string]int)}
}

func (f *failures) add(kind, actor, text string, history []string) {
	f.mu.Lock()
	first := len(f.n) == 0
	f.n[kind]++
	if f.n[kind] <= mostTold && len(f.told) < mostAll {
		f.told = append(f.told, failure{kind, text, actor, time.Since(f.begun).Seconds(), history})
	}
	f.mu.Unlock()
	if first {
		f.first()
	}
}

func (f *failures) count(kind string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.n[kind]
}

func (f *failures) any() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.n) > 0
}

func (f *failures) list() []failure {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.told)
}

func (f failure) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s, after %.2f s: %s", f.Kind, f.Actor, f.After, f.Text)
	for _, line := range f.History {
		b.WriteString("\n\t" + line)
	}
	return b.String()
}

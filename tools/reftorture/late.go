package main

import (
	"sync/atomic"
	"unsafe"

	"hazptr/tools/internal/mortal"
)

// A lateness makes stores late: they wait in the processor's store buffer for a
// microsecond or so, which is the time that the heavy fence is there for. Its
// memory is outside the Go heap: several goroutines may store to a word at a
// time, and none loads it.
type lateness struct {
	cold    []uint64 // words that are in no cache, for the most part
	fresh   []byte   // pages that were not touched yet
	touched atomic.Uint32
}

const (
	coldBytes  = 128 << 20
	pageBytes  = 4096
	freshPages = 4096
)

func newLateness() (*lateness, error) {
	cold, err := mortal.Map(coldBytes)
	if err != nil {
		return nil, err
	}
	fresh, err := mortal.Map(freshPages * pageBytes)
	if err != nil {
		return nil, err
	}
	makeHuge(cold)
	l := &lateness{cold: unsafe.Slice((*uint64)(unsafe.Pointer(unsafe.SliceData(cold))), coldBytes/8), fresh: fresh}
	for i := 0; i < len(l.cold); i += 512 {
		// A page that was never touched is a fault, and that drains the stores.
		l.cold[i] = 1
	}
	return l, nil
}

// stores stores to up to 64 cold words and returns where it would go on. The
// stores are issued faster than they complete, so nothing is computed or loaded
// between them.
func (l *lateness) stores(at uint64) uint64 {
	const next = (4096 + 64) / 8 // in another page and another set of the cache
	cold := l.cold
	at = turned(at)
	place := at >> 32
	for range place % 64 {
		cold[place%uint64(len(cold))] = at
		place += next
	}
	return at
}

// turned is the next of a row of random numbers.
func turned(at uint64) uint64 { return at*6364136223846793005 + 1442695040888963407 }

// touch touches the next fresh page. The kernel clears a page at the first
// store, and on its way back to the program its stores may still be in the
// processor's buffers, before all that the program stores then.
func (l *lateness) touch() {
	page := l.touched.Add(1) % freshPages
	if page == 0 {
		mortal.Renew(l.fresh)
	}
	l.fresh[page*pageBytes] = 1
}

package main

import "unsafe"

// coldLines are words that are in no cache, for the most part: stores to them
// keep later ones in the processor's store buffer for a microsecond or so,
// which is the time that the heavy fence is there for.
type coldLines []uint64

const coldBytes = 128 << 20

// newColdLines returns lines outside the Go heap: several readers may store to
// one at a time, and none loads it.
func newColdLines() (coldLines, error) {
	memory, err := reserveFresh(coldBytes)
	if err != nil {
		return nil, err
	}
	c := coldLines(unsafe.Slice((*uint64)(unsafe.Pointer(unsafe.SliceData(memory))), coldBytes/8))
	for i := 0; i < len(c); i += 512 {
		c[i] = 1 // a page that was never touched is a fault, and that drains the stores
	}
	return c, nil
}

// stores stores to up to 64 lines and returns where it would go on. They are
// issued faster than they complete, so nothing is computed or loaded between
// them.
func (c coldLines) stores(at uint64) uint64 {
	const next = (4096 + 64) / 8 // in another page and another set of the cache
	at = at*6364136223846793005 + 1442695040888963407
	place := at >> 32
	for range place % 64 {
		c[place%uint64(len(c))] = at
		place += next
	}
	return at
}

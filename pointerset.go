package hazptr

import (
	"math/bits"
	"unsafe"
)

// A pointerSet is a multiset of addresses: a hash table with open addressing that is emptied and filled again for each scan.
type pointerSet struct {
	table []addressCount // a power of two, at least twice as many as addresses; nil while empty
	shift int
	space []addressCount // what table is cut from
}

type addressCount struct {
	address uintptr // never zero, when in use
	n       int
}

// reset empties the set and makes room for n addresses.
func (s *pointerSet) reset(n int) {
	if n == 0 {
		s.table = nil
		return
	}
	size := 1 << bits.Len(uint(2*n-1))
	if len(s.space) < size {
		s.space = make([]addressCount, size)
	}
	s.table = s.space[:size]
	clear(s.table)
	s.shift = 64 - bits.Len(uint(size-1))
}

func (s *pointerSet) add(address uintptr) {
	e := s.at(address)
	e.address = address
	e.n++
}

// count returns how often p was added.
func (s *pointerSet) count(p unsafe.Pointer) int {
	if s.table == nil {
		return 0
	}
	return s.at(uintptr(p)).n
}

// has reports whether address was added.
func (s *pointerSet) has(address uintptr) bool { return s.table != nil && s.at(address).n > 0 }

// at returns the entry that has address, or the one to put it in.
func (s *pointerSet) at(address uintptr) *addressCount {
	// Fibonacci hashing: the upper bits of the product depend on all bits of the address.
	i := int(uint64(address) * 0x9E3779B97F4A7C15 >> s.shift)
	for {
		e := &s.table[i&(len(s.table)-1)]
		if e.address == address || e.address == 0 {
			return e
		}
		i++
	}
}

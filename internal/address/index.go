package address

import "math/bits"

// None is the number of an address that an Index does not have.
const None = -1

// An Index maps addresses to numbers. It is a hash table with open addressing
// that is emptied and filled again for each look. The zero Index is empty.
type Index struct {
	// A power of two, at least twice as many as there are addresses; nil while
	// the index is empty.
	table []numbered

	shift int
	space []numbered // what table is cut from
}

type numbered struct {
	address uintptr // never zero, when in use
	number  int
}

// Reset empties the index and makes room for n addresses.
func (x *Index) Reset(n int) {
	if n == 0 {
		x.table = nil
		return
	}
	size := 1 << bits.Len(uint(2*n-1))
	if len(x.space) < size {
		x.space = make([]numbered, size)
	}
	x.table = x.space[:size]
	clear(x.table)
	x.shift = 64 - bits.Len(uint(size-1))
}

// Put gives address, which is not zero, this number. It returns the number that
// address had before, or None.
func (x *Index) Put(address uintptr, number int) (before int) {
	e := x.at(address)
	before = e.number
	if e.address == 0 {
		before = None
	}
	*e = numbered{address, number}
	return before
}

// Get returns the number of address, or None.
func (x *Index) Get(address uintptr) int {
	if x.table == nil {
		return None
	}
	if e := x.at(address); e.address != 0 {
		return e.number
	}
	return None
}

// at returns the entry that has address, or the one to put it in.
func (x *Index) at(address uintptr) *numbered {
	i := int(Hash(address) >> x.shift)
	for {
		e := &x.table[i&(len(x.table)-1)]
		if e.address == address || e.address == 0 {
			return e
		}
		i++
	}
}

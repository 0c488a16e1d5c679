package hazptr

import "math/bits"

// An addressIndex maps addresses to numbers: a hash table with open addressing that is emptied and filled again for each look.
type addressIndex struct {
	table []addressNumber // a power of two, at least twice as many as addresses; nil while empty
	shift int
	space []addressNumber // what table is cut from
}

type addressNumber struct {
	address uintptr // never zero, when in use
	number  int
}

// reset empties the index and makes room for n addresses.
func (x *addressIndex) reset(n int) {
	if n == 0 {
		x.table = nil
		return
	}
	size := 1 << bits.Len(uint(2*n-1))
	if len(x.space) < size {
		x.space = make([]addressNumber, size)
	}
	x.table = x.space[:size]
	clear(x.table)
	x.shift = 64 - bits.Len(uint(size-1))
}

// put gives address this number and returns the one that it had, or none.
func (x *addressIndex) put(address uintptr, number int) (before int) {
	e := x.at(address)
	before = e.number
	if e.address == 0 {
		before = none
	}
	*e = addressNumber{address, number}
	return before
}

// get returns the number of address, or none.
func (x *addressIndex) get(address uintptr) int {
	if x.table == nil {
		return none
	}
	if e := x.at(address); e.address != 0 {
		return e.number
	}
	return none
}

// at returns the entry that has address, or the one to put it in.
func (x *addressIndex) at(address uintptr) *addressNumber {
	i := int(hash(address) >> x.shift)
	for {
		e := &x.table[i&(len(x.table)-1)]
		if e.address == address || e.address == 0 {
			return e
		}
		i++
	}
}

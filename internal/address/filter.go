package address

import (
	"math"
	"math/bits"
)

// A Filter is a set of addresses that is small enough to stay in the cache
// while all hazard pointers stream past it. It may have more than was added:
// about one address in sixteen, or fewer, passes by mistake. A Filter that was
// Reset for no addresses has every address.
type Filter struct {
	words []uint64 // a power of two of them, or one
	shift int
	space []uint64 // what words is cut from
}

const (
	filterBits     = 16 // for each address, at least
	minFilterWords = 16
)

var everything = []uint64{math.MaxUint64}

// Reset empties the filter and makes room for n addresses. With n 0 the filter
// has every address.
func (f *Filter) Reset(n int) {
	if n == 0 {
		f.words, f.shift = everything, 64
		return
	}
	size := max(minFilterWords, 1<<bits.Len(uint(n*filterBits/64)))
	if len(f.space) < size {
		f.space = make([]uint64, size)
	}
	f.words = f.space[:size]
	clear(f.words)
	f.shift = 64 - bits.Len(uint(size*64-1))
}

// Add adds an address.
func (f *Filter) Add(address uintptr) {
	i := Hash(address) >> f.shift
	f.words[i/64&uint64(len(f.words)-1)] |= 1 << (i % 64)
}

// MayHave reports whether the address was added, or passes by mistake.
func (f *Filter) MayHave(address uintptr) bool {
	i := Hash(address) >> f.shift
	return f.words[i/64&uint64(len(f.words)-1)]>>(i%64)&1 != 0
}

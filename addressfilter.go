package hazptr

import (
	"math"
	"math/bits"
)

// An addressFilter is a set of addresses that is small enough to stay in the cache while all hazard pointers stream past it. It may have more than was added: one
// hazard in sixteen, or fewer, passes by mistake. The empty one has every address.
type addressFilter struct {
	words []uint64 // a power of two of them, or one
	shift int
	space []uint64 // what words is cut from
}

const (
	filterBits     = 16 // for each address, at least
	minFilterWords = 16
)

var everything = []uint64{math.MaxUint64}

// reset empties the filter and makes room for n addresses. With n 0 it has every address.
func (f *addressFilter) reset(n int) {
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

func (f *addressFilter) add(address uintptr) {
	i := hash(address) >> f.shift
	f.words[i/64&uint64(len(f.words)-1)] |= 1 << (i % 64)
}

func (f *addressFilter) mayHave(address uintptr) bool {
	i := hash(address) >> f.shift
	return f.words[i/64&uint64(len(f.words)-1)]>>(i%64)&1 != 0
}

package perproc

import (
	"testing"
	"unsafe"
)

// What is allocated in between has the size of what Apart allocates, also if it
// left out one of its two cache lines.
func TestApart(t *testing.T) {
	const words = CacheLine / unsafe.Sizeof(uintptr(0))
	type small [4]*byte
	type larger [words + 4]*byte
	type largest [2*words + 4]*byte
	type variable struct {
		at    unsafe.Pointer
		size  uintptr
		apart bool
	}
	var all []variable
	for range 1000 {
		all = append(all, variable{unsafe.Pointer(Apart[small]()), unsafe.Sizeof(small{}), true})
		for range 2 { // not one, which would be aligned by turns
			all = append(all,
				variable{unsafe.Pointer(new(small)), unsafe.Sizeof(small{}), false},
				variable{unsafe.Pointer(new(larger)), unsafe.Sizeof(larger{}), false},
				variable{unsafe.Pointer(new(largest)), unsafe.Sizeof(largest{}), false})
		}
	}
	inLine := map[uintptr][]int{}
	for i, v := range all {
		for line := uintptr(v.at) / CacheLine; line <= (uintptr(v.at)+v.size-1)/CacheLine; line++ {
			inLine[line] = append(inLine[line], i)
		}
	}
	for line, in := range inLine {
		for _, i := range in {
			if all[i].apart && len(in) > 1 {
				t.Fatalf("the variables %v share the cache line %#x", in, line*CacheLine)
			}
		}
	}
}

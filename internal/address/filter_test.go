package address

import (
	"testing"
	"unsafe"
)

// What was added is there, and little else; the empty filter has everything.
func TestFilter(t *testing.T) {
	arena := make([]int64, 50_000)
	at := func(i int) uintptr { return uintptr(unsafe.Pointer(&arena[i])) }
	var f Filter
	for _, n := range []int{0, 1, 63, 64, 1000, 0, 4096, 2} {
		f.Reset(n)
		for i := range n {
			f.Add(at(i))
		}
		passed := 0
		for i := range arena {
			switch has := f.MayHave(at(i)); {
			case i < n && !has || n == 0 && !has:
				t.Fatalf("of %d addresses, number %d is not there", n, i)
			case i >= n && has:
				passed++
			}
		}
		if n > 0 && passed > (len(arena)-n)/8 {
			t.Errorf("with %d addresses, %d of %d others pass", n, passed, len(arena)-n)
		}
	}
}

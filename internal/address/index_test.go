package address

import (
	"math/rand/v2"
	"testing"
	"unsafe"
)

// The index against a map, with addresses that are near each other, as those
// of one size class are.
func TestIndex(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	arena := make([]int64, 10_000)
	var x Index
	if x.Get(uintptr(unsafe.Pointer(&arena[0]))) != None {
		t.Fatal("the zero index isn't empty")
	}
	for _, n := range []int{1, 2, 3, 7, 8, 9, 1000, 0, 5, 4096, 1} {
		x.Reset(n)
		model := map[uintptr]int{}
		for i := range n {
			p := uintptr(unsafe.Pointer(&arena[random.IntN(len(arena))]))
			before, has := model[p]
			if !has {
				before = None
			}
			if got := x.Put(p, i); got != before {
				t.Fatalf("Put(%#x) returns %d, want %d", p, got, before)
			}
			model[p] = i
		}
		for i := range arena {
			p := uintptr(unsafe.Pointer(&arena[i]))
			want, has := model[p]
			if !has {
				want = None
			}
			if got := x.Get(p); got != want {
				t.Fatalf("after %d puts, Get(%#x) is %d, want %d", n, p, got, want)
			}
		}
	}
}

package hazptr

import (
	"math/rand/v2"
	"testing"
	"unsafe"
)

// The index against a map, with addresses that are near each other, as those of one size class are.
func TestAddressIndex(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	arena := make([]object, 10_000)
	var x addressIndex
	if x.get(uintptr(unsafe.Pointer(&arena[0]))) != none {
		t.Fatal("the zero index isn't empty")
	}
	for _, n := range []int{1, 2, 3, 7, 8, 9, 1000, 0, 5, 4096, 1} {
		x.reset(n)
		model := map[uintptr]int{}
		for i := range n {
			p := uintptr(unsafe.Pointer(&arena[random.IntN(len(arena))]))
			before, has := model[p]
			if !has {
				before = none
			}
			if got := x.put(p, i); got != before {
				t.Fatalf("put(%#x) returns %d, want %d", p, got, before)
			}
			model[p] = i
		}
		for i := range arena {
			p := uintptr(unsafe.Pointer(&arena[i]))
			want, has := model[p]
			if !has {
				want = none
			}
			if got := x.get(p); got != want {
				t.Fatalf("after %d puts, get(%#x) is %d, want %d", n, p, got, want)
			}
		}
	}
}

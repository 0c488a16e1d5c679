package hazptr

import (
	"math/rand/v2"
	"testing"
	"unsafe"
)

// The set against a map, with addresses that are near each other, as those of one size class are.
func TestPointerSet(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	arena := make([]object, 10_000)
	var set pointerSet
	if set.count(unsafe.Pointer(&arena[0])) != 0 || set.has(1) {
		t.Fatal("the zero set isn't empty")
	}
	for _, n := range []int{1, 2, 3, 7, 8, 9, 1000, 0, 5, 4096, 1} {
		set.reset(n)
		model := map[uintptr]int{}
		for range n {
			p := uintptr(unsafe.Pointer(&arena[random.IntN(len(arena))]))
			set.add(p)
			model[p]++
		}
		for i := range arena {
			p := unsafe.Pointer(&arena[i])
			if set.count(p) != model[uintptr(p)] || set.has(uintptr(p)) != (model[uintptr(p)] > 0) {
				t.Fatalf("after %d additions, count(%p) is %d, want %d", n, p, set.count(p), model[uintptr(p)])
			}
		}
	}
}

package hazptr

import (
	"math/rand/v2"
	"testing"
)

// A number that is handed out is the lowest that is free.
func TestNumbers(t *testing.T) {
	var n numbers
	taken := map[int]bool{}
	for range 1000 {
		if rand.IntN(5) < 3 {
			want := 1
			for taken[want] {
				want++
			}
			if got := n.take(); got != want {
				t.Fatalf("%d, want %d", got, want)
			}
			taken[want] = true
		} else {
			for number := range taken {
				n.put(number)
				delete(taken, number)
				break
			}
		}
		if n.unused() != (len(taken) == 0) {
			t.Fatalf("unused: %t, with %d in use", n.unused(), len(taken))
		}
	}
}

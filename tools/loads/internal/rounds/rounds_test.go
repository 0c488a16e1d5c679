package rounds

import (
	"slices"
	"testing"
)

func TestOrder(t *testing.T) {
	var got []int
	for _, i := range Order(3, 3) {
		got = append(got, i)
	}
	if want := []int{0, 1, 2, 1, 2, 0, 2, 0, 1}; !slices.Equal(got, want) {
		t.Errorf("order %v, want %v", got, want)
	}
}

func TestOrderStops(t *testing.T) {
	n := 0
	for range Order(3, 3) {
		if n++; n == 4 {
			break
		}
	}
	if n != 4 {
		t.Errorf("went on for %d", n)
	}
}

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

func TestStanding(t *testing.T) {
	ahead := Rival{"rwmutex", Spread{Median: 0.5, Min: 0.4, Max: 0.99}}
	behind := Rival{"gc", Spread{Median: 2, Min: 1.01, Max: 3}}
	level := Rival{"refcount", Spread{Median: 0.9, Min: 0.8, Max: 1}}
	for want, rivals := range map[string][]Rival{
		"": nil,
		"hazptr is ahead of rwmutex (2.00 times)": {ahead},
		"hazptr is behind gc (0.50 times)":        {behind},
		"hazptr is ahead of rwmutex (2.00 times), rwmutex (2.00 times); hazptr is behind gc (0.50 times); no difference seen to refcount": {level, ahead, behind, ahead},
	} {
		if got := Standing("hazptr", rivals...); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestSpreadOf(t *testing.T) {
	for _, test := range []struct {
		values []float64
		want   Spread
	}{
		{[]float64{7}, Spread{7, 7, 7}},
		{[]float64{3, 1}, Spread{2, 1, 3}},
		{[]float64{9, 1, 2}, Spread{2, 1, 9}},
		{[]float64{4, 1, 3, 2}, Spread{2.5, 1, 4}},
	} {
		if got := SpreadOf(test.values); got != test.want {
			t.Errorf("SpreadOf(%v) = %v, want %v", test.values, got, test.want)
		}
	}
}

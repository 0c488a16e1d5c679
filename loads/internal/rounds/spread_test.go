package rounds

import "testing"

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

func TestStanding(t *testing.T) {
	for _, test := range []struct {
		other Spread
		want  string
	}{
		{Spread{Median: 0.5, Min: 0.4, Max: 0.99}, "hazptr is ahead of refcount, 2.00 times"},
		{Spread{Median: 2, Min: 1.01, Max: 3}, "hazptr is behind refcount, 0.50 times"},
		{Spread{Median: 0.9, Min: 0.8, Max: 1}, "no difference to refcount seen"},
		{Spread{Median: 1.1, Min: 0.9, Max: 1.2}, "no difference to refcount seen"},
	} {
		if got := test.other.Standing("hazptr", "refcount"); got != test.want {
			t.Errorf("%v: %q, want %q", test.other, got, test.want)
		}
	}
}

package machine

import "testing"

func TestOthers(t *testing.T) {
	before := &used{all: 100, busy: 50, own: 1}
	for _, c := range []struct {
		now  used
		want float64
	}{
		{used{all: 120, busy: 60, own: 6}, 0.25},
		{used{all: 120, busy: 60, own: 12}, 0}, // the clocks differ
		{used{all: 101, busy: 60, own: 1}, 1},  // iowait has decreased
		{*before, 0},
	} {
		if got := before.others(&c.now); got != c.want {
			t.Errorf("%+v: %v, want %v", c.now, got, c.want)
		}
	}
	if share := Others(); share < 0 || share > 1 {
		t.Errorf("others had %v of the cores", share)
	}
}

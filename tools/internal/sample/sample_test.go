package sample

import (
	"math"
	"slices"
	"testing"
)

func TestSample(t *testing.T) {
	for _, c := range []struct {
		s                                      Sample
		minimum, median, maximum, mean, spread float64
	}{
		{nil, 0, 0, 0, 0, 0},
		{Sample{3}, 3, 3, 3, 3, 0},
		{Sample{4, 2}, 2, 3, 4, 3, 1. / 3},
		{Sample{9, 1, 5}, 1, 5, 9, 5, 4. / 5},
		{Sample{4, 1, 3, 2}, 1, 2.5, 4, 2.5, 1.5 / 2.5}, // an even count: the mean of the two in the middle
		{Sample{1, 2, 3, 4, 100}, 1, 3, 100, 22, 2. / 3},
	} {
		before := slices.Clone(c.s)
		for _, f := range []struct {
			name      string
			got, want float64
		}{
			{"Minimum", c.s.Minimum(), c.minimum},
			{"Median", c.s.Median(), c.median},
			{"Maximum", c.s.Maximum(), c.maximum},
			{"Average", c.s.Average(), c.mean},
			{"Spread", c.s.Spread(), c.spread},
		} {
			if math.Abs(f.got-f.want) > 1e-12 {
				t.Errorf("%s of %v = %v, want %v", f.name, c.s, f.got, f.want)
			}
		}
		if !slices.Equal(c.s, before) {
			t.Errorf("the order was %v and is %v", before, c.s)
		}
	}
}

package result

import (
	"math"
	"testing"
)

func of(ns ...float64) *Result {
	r := &Result{Type: "t", Readers: 1}
	for _, n := range ns {
		r.Runs = append(r.Runs, Run{NS: n})
	}
	return r
}

func TestResult(t *testing.T) {
	for _, c := range []struct {
		r                                      *Result
		minimum, median, maximum, mean, spread float64
	}{
		{of(), 0, 0, 0, 0, 0},
		{of(3), 3, 3, 3, 3, 0},
		{of(4, 2), 2, 3, 4, 3, 1. / 3},
		{of(9, 1, 5), 1, 5, 9, 5, 4. / 5},
		{of(4, 1, 3, 2), 1, 2.5, 4, 2.5, 1.5 / 2.5}, // an even count: the mean of the two in the middle
		{of(1, 2, 3, 4, 100), 1, 3, 100, 22, 2. / 3},
	} {
		for _, f := range []struct {
			name      string
			got, want float64
		}{
			{"Minimum", c.r.Minimum(), c.minimum},
			{"Median", c.r.Median(), c.median},
			{"Maximum", c.r.Maximum(), c.maximum},
			{"Average", c.r.Average(), c.mean},
			{"Spread", c.r.Spread(), c.spread},
		} {
			if math.Abs(f.got-f.want) > 1e-12 {
				t.Errorf("%s of %v = %v, want %v", f.name, c.r.Runs, f.got, f.want)
			}
		}
	}
}

func TestResultKeepsTheOrderOfRuns(t *testing.T) {
	r := of(3, 1, 2)
	r.Median()
	if r.Runs[0].NS != 3 || r.Runs[1].NS != 1 || r.Runs[2].NS != 2 {
		t.Errorf("runs are %v after Median", r.Runs)
	}
}

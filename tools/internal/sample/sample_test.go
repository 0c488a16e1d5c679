package sample

import (
	"context"
	"errors"
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
		// An even count: the mean of the two in the middle.
		{Sample{4, 1, 3, 2}, 1, 2.5, 4, 2.5, 1.5 / 2.5},
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

// Each thing is measured once in each run, not always in the same order, until
// the context ends or a measurement fails.
func TestInTurn(t *testing.T) {
	var turns []int
	err := InTurn(t.Context(), 10, 3, func(i int) error {
		turns = append(turns, i)
		return nil
	})
	if err != nil || len(turns) != 30 {
		t.Fatalf("%d turns, %v", len(turns), err)
	}
	orders := make(map[[3]int]bool)
	for run := range slices.Chunk(turns, 3) {
		orders[[3]int(run)] = true
		if sorted := slices.Sorted(slices.Values(run)); !slices.Equal(sorted, []int{0, 1, 2}) {
			t.Errorf("a run measures %v", run)
		}
	}
	if len(orders) < 2 {
		t.Error("all runs have the same order")
	}
	ctx, cancel := context.WithCancel(t.Context())
	calls := 0
	err = InTurn(ctx, 10, 3, func(int) error {
		calls++
		cancel()
		return nil
	})
	if !errors.Is(err, context.Canceled) || calls != 1 {
		t.Errorf("%d calls, %v", calls, err)
	}
	broken := errors.New("broken")
	if err := InTurn(t.Context(), 10, 3, func(int) error { return broken }); err != broken {
		t.Error(err)
	}
}

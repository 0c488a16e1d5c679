// Package sample measures figures several times, by turns, and has their
// statistics.
package sample

import (
	"context"
	"math/rand/v2"
	"slices"

	"github.com/aclements/go-moremath/stats"
)

// InTurn calls measure with the index of each of n things, in each run, until
// all is done or ctx ends. The things take turns, in another order in each run,
// so that a change of the machine's speed hits them all alike. The orders are
// the same each time.
func InTurn(ctx context.Context, runs, n int, measure func(i int) error) error {
	random := rand.New(rand.NewPCG(1, 2))
	for range runs {
		for _, i := range random.Perm(n) {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := measure(i); err != nil {
				return err
			}
		}
	}
	return nil
}

// A Sample is one figure of every run, in the order of the runs.
type Sample []float64

// Minimum returns the least.
func (s Sample) Minimum() float64 { return s.quantile(0) }

// Median returns the one in the middle, or the mean of the two in the middle.
func (s Sample) Median() float64 { return s.quantile(0.5) }

// Maximum returns the largest.
func (s Sample) Maximum() float64 { return s.quantile(1) }

// Spread returns how far apart the lower and the upper quartile are, as a
// fraction of the median: half of all runs lie within it.
func (s Sample) Spread() float64 {
	if s.Median() == 0 {
		return 0
	}
	return (s.quantile(0.75) - s.quantile(0.25)) / s.Median()
}

// Average returns the mean.
func (s Sample) Average() float64 {
	if len(s) == 0 {
		return 0
	}
	return stats.Mean(s)
}

// quantile interpolates between the two runs nearest to q. It is 0 without
// runs.
func (s Sample) quantile(q float64) float64 {
	if len(s) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(s))
	at := q * float64(len(sorted)-1)
	low := int(at)
	if low == len(sorted)-1 {
		return sorted[low]
	}
	return sorted[low] + (at-float64(low))*(sorted[low+1]-sorted[low])
}

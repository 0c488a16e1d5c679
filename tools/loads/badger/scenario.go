package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"hazptr/tools/internal/latency"
	"hazptr/tools/loads/badger/internal/figures"
	"hazptr/tools/loads/internal/pair"
	"hazptr/tools/loads/internal/rounds"
)

// A scenario is a number of iterators, and what each copy did beside them.
type scenario struct {
	iterators int
	runs      []runs // by copy
}

// runs are a copy's, in all rounds.
type runs []*figures.Figures

// measure runs all rounds.
func measure(ctx context.Context, o *options, p *pair.Pair, workers []*pair.Worker) ([]*scenario, error) {
	var scenarios []*scenario
	for _, n := range o.Iterators {
		scenarios = append(scenarios, &scenario{n, make([]runs, len(workers))})
	}
	for _, i := range rounds.Order(o.Rounds, len(workers)*len(scenarios)) {
		s, which := scenarios[i/len(workers)], i%len(workers)
		w := workers[which]
		p.Begin(fmt.Sprintf("%s, %s", iteratorsText(s.iterators), w.Name))
		folder := filepath.Join(p.Folder, "data")
		f := figures.New()
		err := w.Figures(ctx, f, "-dir", folder, "-iterators", fmt.Sprint(s.iterators), "-hold", o.Hold.String(), "-duration", o.Duration.String())
		if err != nil {
			return nil, fmt.Errorf("%s: %w", iteratorsText(s.iterators), err)
		}
		s.runs[which] = append(s.runs[which], f)
		if err := os.RemoveAll(folder); err != nil {
			return nil, err
		}
	}
	return scenarios, nil
}

func iteratorsText(n int) string {
	switch n {
	case 0:
		return "no iterator"
	case 1:
		return "one iterator at a time"
	}
	return fmt.Sprintf("%d iterators that overlap", n)
}

// spread is that of a figure that each run has.
func (all runs) spread(of func(*figures.Figures) int64) rounds.Spread {
	var found []float64
	for _, f := range all {
		found = append(found, float64(of(f)))
	}
	return rounds.SpreadOf(found)
}

// times are those of all runs.
func (all runs) times(of func(*figures.Figures) *latency.Histogram) *latency.Histogram {
	h := latency.NewHistogram()
	for _, f := range all {
		h.Merge(of(f))
	}
	return h
}

package main

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"hazptr/tools/loads/bbolt/internal/figures"
	"hazptr/tools/loads/internal/pair"
	"hazptr/tools/loads/internal/rounds"
)

// A scenario is a number of long readers, and what each program did beside them
// in all rounds.
type scenario struct {
	long          int
	before, after *figures.Figures
}

// measure runs all rounds.
func measure(ctx context.Context, o *options, p *pair.Pair, workers []*pair.Worker) ([]*scenario, error) {
	var scenarios []*scenario
	for _, n := range o.Long {
		scenarios = append(scenarios, &scenario{long: n, before: figures.New(), after: figures.New()})
	}
	for round, i := range rounds.Order(o.Rounds, len(workers)*len(scenarios)) {
		s, which := scenarios[i/len(workers)], i%len(workers)
		w := workers[which]
		p.Begin(fmt.Sprintf("round %d of %d: %s, %s", round+1, o.Rounds, longText(s.long), w.Name))
		f := figures.New()
		err := w.Figures(ctx, f,
			"-file", filepath.Join(p.Folder, "data.db"), "-grow", fmt.Sprint(o.Grow), "-readers", fmt.Sprint(o.Readers),
			"-long", fmt.Sprint(s.long), "-hold", o.Hold.String(), "-duration", fmt.Sprint(o.Duration/time.Duration(o.Rounds)))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", longText(s.long), err)
		}
		[]*figures.Figures{s.before, s.after}[which].Merge(f)
	}
	return scenarios, nil
}

func longText(n int) string {
	if n == 1 {
		return "1 long reader"
	}
	return fmt.Sprintf("%d long readers", n)
}

package main

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"hazptr/tools/loads/bbolt/internal/figures"
	"hazptr/tools/loads/internal/progress"
	"hazptr/tools/loads/internal/rounds"
)

// A scenario is a number of long readers, and what each program did beside them in all rounds.
type scenario struct {
	long          int
	before, after *figures.Figures
}

// measure runs all rounds.
func measure(ctx context.Context, o *options, programs []*program, folder string, bar *progress.Bar) ([]*scenario, error) {
	var scenarios []*scenario
	for _, n := range o.long {
		scenarios = append(scenarios, &scenario{long: n, before: figures.New(), after: figures.New()})
	}
	for round, i := range rounds.Order(o.rounds, len(programs)*len(scenarios)) {
		s, which := scenarios[i/len(programs)], i%len(programs)
		p := programs[which]
		bar.Describe(fmt.Sprintf("round %d of %d: %s, %s", round+1, o.rounds, longText(s.long), p.name))
		f, err := p.work(ctx,
			"-file", filepath.Join(folder, "data.db"), "-grow", fmt.Sprint(o.grow), "-readers", fmt.Sprint(o.readers),
			"-long", fmt.Sprint(s.long), "-hold", o.hold.String(), "-duration", fmt.Sprint(o.duration/time.Duration(o.rounds)))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", longText(s.long), err)
		}
		[]*figures.Figures{s.before, s.after}[which].Merge(f)
		bar.Step(1)
	}
	return scenarios, nil
}

func longText(n int) string {
	if n == 1 {
		return "1 long reader"
	}
	return fmt.Sprintf("%d long readers", n)
}

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

// A scenario is a number of long readers, and what each way did beside them in
// all rounds.
type scenario struct {
	long int
	done [wayCount]*figures.Figures // by way
}

// before and after are of the original and of the patched program.
func (s *scenario) before() *figures.Figures { return s.done[0] }
func (s *scenario) after() *figures.Figures  { return s.done[wayCount-1] }

// measure runs all rounds.
func measure(ctx context.Context, o *options, p *pair.Pair, ways [wayCount]way) ([]*scenario, error) {
	var scenarios []*scenario
	for _, n := range o.Long {
		s := &scenario{long: n}
		for i := range ways {
			s.done[i] = figures.New()
		}
		scenarios = append(scenarios, s)
	}
	for _, i := range rounds.Order(o.Rounds, len(ways)*len(scenarios)) {
		s, which := scenarios[i/len(ways)], i%len(ways)
		w := ways[which]
		p.Begin(fmt.Sprintf("%v, %s", w, longText(s.long)))
		f := figures.New()
		err := w.Figures(ctx, f,
			"-file", filepath.Join(p.Folder, "data.db"), "-grow", fmt.Sprint(int64(o.Grow)), "-mmap", fmt.Sprint(int64(w.mapped)), "-readers", fmt.Sprint(o.Readers),
			"-long", fmt.Sprint(s.long), "-hold", o.Hold.String(), "-duration", fmt.Sprint(o.Duration/time.Duration(o.Rounds)))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", longText(s.long), err)
		}
		s.done[which].Merge(f)
	}
	return scenarios, nil
}

func longText(n int) string {
	if n == 1 {
		return "1 long reader"
	}
	return fmt.Sprintf("%d long readers", n)
}

package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"hazptr/tools/loads/internal/pair"
	"hazptr/tools/loads/internal/rounds"
	"hazptr/tools/loads/seaweedfs/internal/figures"
)

// smallVolume is the size, in megabytes, of a volume that matters only for what
// is done to it.
const smallVolume = 64

// A scenario is what is done while quick readers read.
type scenario struct {
	name   string
	goal   bool // its worst read must be better by the factor that is wanted
	args   []string
	rounds [][]*figures.Figures // by arm
}

func scenariosOf(o *options) []*scenario {
	client := fmt.Sprintf("a client of %v", o.Client)
	all := []*scenario{
		{name: client + ", a vacuum", goal: true, args: []string{"-client", o.Client.String()}},
		{name: client + ", a vacuum, hasSlowRead", args: []string{"-client", o.Client.String(), "-slowread"}},
		{name: client + ", writes", args: []string{"-client", o.Client.String(), "-novacuum", "-writes", "10ms"}},
		{name: fmt.Sprintf("a vacuum of %d MB", o.Volume), args: []string{"-size", fmt.Sprint(int64(o.Volume) * 1e6)}},
		{name: fmt.Sprintf("a vacuum, %d needles since its copy", o.Changes), args: []string{"-changes", fmt.Sprint(o.Changes)}},
	}
	for _, s := range all {
		if s.args[0] != "-size" {
			s.args = append(s.args, "-size", fmt.Sprint(smallVolume*1_000_000))
		}
		s.args = append(s.args, "-readers", fmt.Sprint(o.Readers), "-pause", o.Pause.String())
		s.rounds = make([][]*figures.Figures, len(plan.Arms))
	}
	return all
}

// measure runs all rounds.
func measure(ctx context.Context, o *options, p *pair.Pair, workers []*pair.Worker) ([]*scenario, error) {
	scenarios := scenariosOf(o)
	for _, i := range rounds.Order(o.Rounds, len(workers)*len(scenarios)) {
		s, arm := scenarios[i/len(workers)], i%len(workers)
		p.Begin(fmt.Sprintf("%s, %s", s.name, workers[arm].Name))
		f, err := s.run(ctx, workers[arm])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.name, err)
		}
		s.rounds[arm] = append(s.rounds[arm], f)
	}
	return scenarios, nil
}

// run has a worker do it in a folder of its own.
func (s *scenario) run(ctx context.Context, w *pair.Worker) (f *figures.Figures, err error) {
	dir, err := os.MkdirTemp(filepath.Dir(w.File), "volume-*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	f = figures.New()
	return f, w.Figures(ctx, f, append(s.args, "-dir", dir)...)
}

// of returns a figure of an arm, round by round.
func (s *scenario) of(arm int, figure func(*figures.Figures) float64) (values []float64) {
	for _, f := range s.rounds[arm] {
		values = append(values, figure(f))
	}
	return values
}

// ms is a time in milliseconds.
func ms(d time.Duration) float64 { return float64(d) / 1e6 }

func worstRead(f *figures.Figures) float64 { return ms(f.Reads.Worst()) }

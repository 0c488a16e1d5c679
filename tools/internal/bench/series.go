package bench

import (
	"context"
	"fmt"
	"time"

	"hazptr/tools/internal/machine"
	"hazptr/tools/internal/sample"
	"hazptr/tools/internal/way"
)

// A Series is all experiments of a Config.
type Series struct {
	config      Config
	set         Set
	experiments []*experiment // experiments[i] fills set.Results[i]
}

// NewSeries returns the Series of c, with nothing measured.
func NewSeries(c Config) *Series {
	s := &Series{config: c, set: Set{Machine: machine.This()}}
	cpus, err := allowedCPUs()
	delay := way.NewDelay(c.Delay)
	pinned := 0
	for _, t := range c.Types {
		for _, readers := range c.Readers {
			e := &experiment{typ: t, readers: readers, loops: c.Loops, length: c.Length, delay: delay, updates: c.Updates, cores: s.set.Cores}
			if err == nil && c.Pin.pins(readers, e.cores) {
				e.cpus = cpus
				pinned++
			}
			s.experiments = append(s.experiments, e)
			r := &Result{Type: t.Name, Shape: c.Shape(), Length: e.reads(), Readers: readers, Delay: int(c.Delay), Updates: c.Updates}
			// As in the kernel.
			if ns, has := t.Kernel[readers]; has && c.Length == 0 && c.Delay == 0 && c.Updates == 0 {
				r.Kernel = &ns
			}
			s.set.Results = append(s.set.Results, r)
		}
	}
	switch {
	case err != nil && c.Pin != PinNever:
		s.set.Pinned = fmt.Sprintf("not pinned to CPUs: %v", err)
	case pinned == 0:
		s.set.Pinned = "not pinned to CPUs"
	case pinned == len(s.experiments):
		s.set.Pinned = "pinned to CPUs"
	default:
		s.set.Pinned = fmt.Sprintf("pinned to CPUs up to %d of them, not pinned beyond", s.set.Cores)
	}
	return s
}

// Steps returns how often Run calls its argument.
func (s *Series) Steps() int { return len(s.experiments) * (s.config.Runs + 1) }

// Run measures until all is done or ctx ends, and calls step after each
// experiment, outside the timed sections. All types and numbers of readers take
// turns.
func (s *Series) Run(ctx context.Context, step func()) (*Set, error) {
	for i, e := range s.experiments {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := s.choose(e); err != nil {
			return nil, err
		}
		s.set.Results[i].Loops = e.loops
		step()
	}
	err := sample.InTurn(ctx, s.config.Runs, len(s.experiments), func(i int) error {
		run, err := s.experiments[i].run()
		if err != nil {
			return err
		}
		r := s.set.Results[i]
		r.Runs, r.replaced = append(r.Runs, run.ns), append(r.replaced, run.replaced)
		step()
		return nil
	})
	s.set.Summarize()
	return &s.set, err
}

// choose finds the number of loops for a timed section of the length that was
// asked for, by sections that grow until the clock and the start of the threads
// count for little. With more readers than cores the section is four times as
// long, since threads take turns, which costs. No updater runs: a short section
// that waits for one would pass for a long one.
func (s *Series) choose(e *experiment) error {
	if s.config.Loops > 0 {
		return nil
	}
	trial := *e
	trial.updates = 0
	section := s.config.Section
	if e.readers > e.cores {
		section *= 4
	}
	var err error
	e.loops, err = fill(section, max(1, 256/e.readers/e.reads()), func(loops, tries int) (time.Duration, error) {
		trial.loops = loops
		return trial.fastest(tries)
	})
	return err
}

const mostLoops = 1 << 30

// fill returns how many loops fill a section, searching upwards from loops.
// fastest returns the shortest of so many tries of a number of loops.
//
// A short section may take long only because a thread was late, and lateness
// divided by too few reads would pass for the cost of a read. So the number
// that is returned has itself been seen to fill half a section, after the one
// that suggested it.
func fill(section time.Duration, loops int, fastest func(loops, tries int) (time.Duration, error)) (int, error) {
	for confirming := false; loops < mostLoops; {
		tries := 3
		if confirming {
			tries = 1
		}
		elapsed, err := fastest(loops, tries)
		if err != nil {
			return 0, err
		}
		elapsed = max(elapsed, time.Microsecond)
		if elapsed >= section/2 && confirming {
			return loops, nil
		}
		confirming = elapsed >= section/8
		factor := min(16, float64(section)/float64(elapsed))
		if !confirming {
			// Towards the goal, but not on the word of one short section.
			factor = max(2, factor/4)
		}
		loops = int(min(mostLoops, max(1, float64(loops)*factor)))
	}
	return mostLoops, nil
}

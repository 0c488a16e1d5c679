package bench

import (
	"fmt"
	"math/rand/v2"
	"time"

	"hazptr"
	"hazptr/tools/internal/machine"
	"hazptr/tools/internal/mechanism"
	"hazptr/tools/internal/result"
)

// A Series is all experiments of a Config.
type Series struct {
	config      Config
	set         result.Set
	experiments []*experiment // experiments[i] fills set.Results[i]
}

// NewSeries returns the Series of c, with nothing measured.
func NewSeries(c Config) *Series {
	s := &Series{config: c}
	s.set.Machine = machine.This()
	s.set.Fence = hazptr.Default().Stats().Fence
	cpus, err := allowedCPUs()
	delay := mechanism.NewDelay(c.Delay)
	pinned := 0
	for _, t := range c.Types {
		for _, readers := range c.Readers {
			e := &experiment{typ: t, readers: readers, loops: c.Loops, length: c.Length, delay: delay, updates: c.Updates, cores: s.set.Machine.Cores}
			if err == nil && c.Pin.pins(readers, e.cores) {
				e.cpus = cpus
				pinned++
			}
			s.experiments = append(s.experiments, e)
			r := result.Result{Type: t.Name, Shape: c.Shape(), Length: e.reads(), Readers: readers, Delay: int(c.Delay), Updates: c.Updates}
			if c.Length == 0 && c.Delay == 0 && c.Updates == 0 { // as in the kernel
				r.Kernel = t.Kernel[readers]
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
		s.set.Pinned = fmt.Sprintf("pinned to CPUs up to %d of them, not pinned beyond", s.set.Machine.Cores)
	}
	return s
}

// Steps returns how often Run calls its argument.
func (s *Series) Steps() int { return len(s.experiments) * (s.config.Runs + 1) }

// Run measures, and calls step after each experiment, outside the timed sections. All types and numbers of readers take turns, in another order each
// time round, so that a change of the machine's speed hits them all alike.
func (s *Series) Run(step func()) (*result.Set, error) {
	for i, e := range s.experiments {
		if err := s.choose(e); err != nil {
			return nil, err
		}
		s.set.Results[i].Loops = e.loops
		step()
	}
	random := rand.New(rand.NewPCG(1, 2)) // the same orders each time
	for range s.config.Runs {
		for _, i := range random.Perm(len(s.experiments)) {
			run, _, err := s.experiments[i].run()
			if err != nil {
				return nil, err
			}
			s.set.Results[i].Runs = append(s.set.Results[i].Runs, run)
			step()
		}
	}
	return &s.set, nil
}

// choose finds the number of loops for a timed section of the length that was asked for, by sections that grow until the clock and the start of the
// threads count for little. With more readers than cores the section is four times as long, since threads take turns, which costs. No
// updater runs: a short section that waits for one would pass for a long one.
func (s *Series) choose(e *experiment) error {
	if s.config.Loops > 0 {
		return nil
	}
	defer func(updates int) { e.updates = updates }(e.updates)
	e.updates = 0
	section := s.config.Section
	if e.readers > e.cores {
		section *= 4
	}
	const most = 1 << 30
	e.loops = max(1, 256/e.readers/e.reads())
	for e.loops < most {
		elapsed, err := e.fastest(3)
		if err != nil {
			return err
		}
		if elapsed >= section/8 {
			e.loops = int(min(most, max(1, float64(e.loops)*float64(section)/float64(elapsed))))
			return nil
		}
		// Towards the goal, but not on the word of one short section.
		e.loops *= int(min(16, max(2, section/4/max(elapsed, time.Microsecond))))
	}
	return nil
}

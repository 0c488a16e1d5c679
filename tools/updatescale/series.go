package main

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync/atomic"
	"time"

	"hazptr"
	"hazptr/tools/internal/machine"
	"hazptr/tools/internal/program"
	"hazptr/tools/internal/sample"
	"hazptr/tools/internal/way"
)

// Of work in each read of the reader whose latency is measured.
const requestTime = 2 * time.Microsecond

// A series is all runs of a config.
type series struct {
	config *options
	set    set
	stock  stock
	work   way.Delay
}

func newSeries(c *options) *series {
	s := &series{config: c, work: way.NewDelay(requestTime), set: set{Machine: machine.This(), options: c}}
	for _, typ := range c.Types {
		s.set.Results = append(s.set.Results, &result{typ: typ})
	}
	return s
}

// A phase is a part of each run of each type.
type phase struct {
	name    string
	measure func(*series, *result, *run) error

	// last is set where it comes after all runs of the others: it gives free
	// memory back to the system, which phases that allocate would pay for.
	last bool
}

// phases are all that there are, in the order in which they follow each other.
func phases() []phase {
	return []phase{
		{name: "cost", measure: (*series).cost},
		{name: "latency", measure: (*series).latency},
		{name: "quiet", measure: quiet.measure},
		{name: "paced", measure: paced.measure},
		{name: "busy", measure: busy.measure},
		{name: "garbage", measure: (*series).garbage},
		{name: "waiting", measure: (*series).waiting, last: true},
	}
}

// phaseNames are some of the phases.
type phaseNames []phase

// UnmarshalText reads names with commas between, or "all".
func (ps *phaseNames) UnmarshalText(text []byte) (err error) {
	*ps, err = program.Select(string(text), "phase", phases(), func(p phase) string { return p.name })
	return err
}

// steps returns how often run calls its argument.
func (s *series) steps() int {
	return len(s.config.Types) * len(s.config.Phases) * s.config.Runs
}

// run measures until all is done or ctx ends, and calls step after each phase.
// All types take turns.
func (s *series) run(ctx context.Context, step func()) (*set, error) {
	defer hold(s.config.Hazards)()
	for _, last := range []bool{false, true} {
		phases := slices.DeleteFunc(slices.Clone(s.config.Phases), func(p phase) bool { return p.last != last })
		if err := s.measure(ctx, phases, step); err != nil {
			return nil, err
		}
	}
	s.set.compare()
	return &s.set, nil
}

// measure adds these phases to each run of each type.
func (s *series) measure(ctx context.Context, phases []phase, step func()) error {
	begun := make([]int, len(s.set.Results)) // runs of each type
	return sample.InTurn(ctx, s.config.Runs, len(s.set.Results), func(i int) error {
		r := s.set.Results[i]
		if begun[i]++; begun[i] > len(r.runs) {
			r.runs = append(r.runs, nil)
		}
		for _, phase := range phases {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := phase.measure(s, r, &r.runs[begun[i]-1]); err != nil {
				return fmt.Errorf("%s, %s: %w", r.typ.Name, phase.name, err)
			}
			step()
		}
		return nil
	})
}

// hold makes so many hazard pointers that protect something, and returns what
// ends them.
func hold(hazards int) (release func()) {
	var src atomic.Pointer[way.Object]
	src.Store(way.NewObject(0))
	holders := make([]*hazptr.Holder[way.Object], hazards)
	for i := range holders {
		holders[i] = hazptr.NewHolder[way.Object]()
		holders[i].Protect(&src)
	}
	return func() {
		for _, h := range holders {
			h.Close()
		}
		// Otherwise another object might get the address that they protect.
		runtime.KeepAlive(&src)
	}
}

// flood makes f with as many writers and updates as were asked for.
func (s *series) flood(typ way.UpdateType, f flood) (*outcome, error) {
	f.writers, f.updates = s.config.Writers, s.config.Objects
	return f.run(s.config, &s.stock, typ)
}

// perUpdate divides by the updates of a flood.
func (o *outcome) perUpdate(n float64) float64 { return n / float64(o.updates) }

func (s *series) cost(r *result, found *run) error {
	o, err := s.flood(r.typ, flood{limit: s.config.Duration, readers: s.config.Readers, stall: s.config.Stall})
	if err != nil {
		return err
	}
	r.blocked = max(r.blocked, o.blocked)
	if o.blocked == everyWriter {
		return nil
	}
	found.set(updates, float64(o.updates))
	found.set(updatesPerSec, float64(o.updates)/o.elapsed.Seconds())
	if r.typ.When.Ends() {
		found.set(endedPerSec, float64(o.updates)/o.over.Seconds())
	}
	if o.told {
		found.set(updateCPU, o.perUpdate(float64(o.processor)))
	}
	found.set(updateAllocs, o.perUpdate(float64(o.allocated)))
	return nil
}

func (s *series) latency(r *result, found *run) error {
	o, err := s.flood(r.typ, flood{limit: s.config.Duration / 4, readers: s.config.Readers, stall: s.config.Stall, timed: true})
	if err != nil || o.blocked == everyWriter {
		return err
	}
	found.setTime(latencyAverage, o.each.Average())
	found.setTime(latencyMinimum, o.each.Best())
	found.setTime(latencyP50, o.each.Quantile(0.5))
	found.setTime(latencyP90, o.each.Quantile(0.9))
	found.setTime(latencyP99, o.each.Quantile(0.99))
	found.setTime(latencyMaximum, o.each.Worst())
	return nil
}

// measure finds how soon objects end at this pace.
func (p pace) measure(s *series, r *result, found *run) error {
	if r.typ.When == way.Never && !r.typ.Fence {
		return nil
	}
	var soon *promptness
	var err error
	switch p {
	case quiet:
		soon, err = quietly(s.config, &s.stock, r.typ)
	case paced:
		soon, err = regularly(s.config, &s.stock, r.typ, 1)
	case busy:
		soon, err = regularly(s.config, &s.stock, r.typ, runtime.GOMAXPROCS(0))
	}
	if err != nil {
		return err
	}
	found.set(p.replaced(), float64(len(soon.ages)))
	found.set(p.ended(), float64(soon.ended))
	r.pool(p).add(soon)
	for _, q := range p.quantiles() {
		t, exact := soon.quantile(q.share)
		*found = append(*found, reading{q.figure, microseconds(t), !exact})
	}
	found.setTime(p.length(), soon.length)
	return nil
}

func (s *series) garbage(r *result, found *run) error {
	o, err := s.flood(r.typ, flood{limit: 2 * s.config.Duration, work: s.work, stall: true, look: true})
	if err != nil {
		return err
	}
	r.blocked = max(r.blocked, o.blocked)
	if o.blocked != everyWriter {
		found.set(floodUpdates, float64(o.updates))
		if o.told {
			found.set(floodCPU, o.perUpdate(float64(o.processor)))
		}
	}
	if r.typ.When != way.Never {
		found.set(pendingMost, float64(o.most))
		found.set(pendingBytes, float64(o.bytes))
		found.set(pendingLeft, float64(o.left))
	}
	if r.typ.When.Ends() {
		found.setTime(drained, o.drained)
	}
	found.set(requests, float64(o.request.Count()))
	found.setTime(requestP50, o.request.Quantile(0.5))
	found.setTime(requestP99, o.request.Quantile(0.99))
	found.setTime(requestP999, o.request.Quantile(0.999))
	found.setTime(requestMaximum, o.request.Worst())
	return nil
}

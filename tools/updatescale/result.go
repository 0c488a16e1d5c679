package main

import (
	"encoding/json"
	"fmt"

	"golang.org/x/perf/benchfmt"

	"hazptr/tools/internal/machine"
	"hazptr/tools/internal/report"
	"hazptr/tools/internal/sample"
	"hazptr/tools/internal/way"
)

// A set is what the program has measured, all in the same circumstances.
type set struct {
	machine.Machine
	*options
	Results []*result `json:"results"`
}

// A result is what all runs have measured of one type.
type result struct {
	typ     way.UpdateType
	blocked blocked // by a reader that stays, in any run
	runs    []run
	pools   map[pace]*pool
}

// pool returns what all runs together have of a pace.
func (r *result) pool(p pace) *pool {
	if r.pools == nil {
		r.pools = make(map[pace]*pool)
	}
	if r.pools[p] == nil {
		r.pools[p] = newPool()
	}
	return r.pools[p]
}

// pooled returns a quantile of the objects of all runs. ok is false if the
// figure is no quantile, or no object was replaced.
func (r *result) pooled(figure string) (us float64, least, ok bool) {
	for p, pool := range r.pools {
		for _, q := range p.quantiles() {
			if q.figure == figure && pool.all.Count() > 0 {
				t, exact := pool.quantile(q.share)
				return microseconds(t), !exact, true
			}
		}
	}
	return 0, false, false
}

// shown returns what is shown of a figure: that of all runs together if there
// is one, or else the median of the runs. ok is false if there is none.
func (r *result) shown(figure string) (value float64, least, ok bool) {
	if value, least, ok = r.pooled(figure); ok {
		return value, least, true
	}
	s, least := r.of(figure)
	return s.Median(), least, len(s) > 0
}

// of returns the readings of a figure in all runs that have one, and whether
// any of them says no more than that it is no less.
func (r *result) of(figure string) (s sample.Sample, least bool) {
	for _, run := range r.runs {
		if reading, ok := run.of(figure); ok {
			s = append(s, reading.value)
			least = least || reading.least
		}
	}
	return s, least
}

// MarshalJSON encodes the figures that could be had. The names in it are what
// programs rely on.
func (r *result) MarshalJSON() ([]byte, error) {
	type figure struct {
		Median  float64 `json:"median"`
		Minimum float64 `json:"min"`
		Maximum float64 `json:"max"`
		Spread  float64 `json:"spread"`

		// The true figure is no less, and more is not known.
		AtLeast bool `json:"at_least"`

		Runs []float64 `json:"runs"`

		// A quantile of the objects of all runs.
		Pooled *float64 `json:"pooled,omitempty"`

		PooledAtLeast bool `json:"pooled_at_least,omitempty"`
	}
	figures := make(map[string]figure)
	for _, run := range r.runs {
		for _, reading := range run {
			s, least := r.of(reading.figure)
			f := figure{Median: s.Median(), Minimum: s.Minimum(), Maximum: s.Maximum(), Spread: s.Spread(), AtLeast: least, Runs: s}
			if us, least, ok := r.pooled(reading.figure); ok {
				f.Pooled, f.PooledAtLeast = &us, least
			}
			figures[reading.figure] = f
		}
	}
	return json.Marshal(struct {
		Type    string            `json:"type"`
		Blocks  string            `json:"stall_blocks"`
		Figures map[string]figure `json:"figures"`
	}{r.typ.Name, r.blocked.String(), figures})
}

// benchmarks returns each run. A figure of which only a lower bound is known is
// left out, since the format has no way to say so.
func benchmarks(s *set) (all []*benchfmt.Result) {
	for _, r := range s.Results {
		name := fmt.Sprintf("Updatescale/type=%s/nwriters=%d/nreaders=%d/workers=%d/hazards=%d/objects=%d/stall=%t/reclaim=%v/bytes=%d/rate=%d",
			r.typ.Name, s.Writers, s.Readers, s.Workers, s.Hazards, s.Objects, s.Stall, s.Reclaim, s.Bytes, s.Rate)
		for _, run := range r.runs {
			b := report.Benchmark(&s.Machine, "updatescale", name, 1)
			for _, reading := range run {
				if !reading.least {
					b.Values = append(b.Values, benchfmt.Value{Value: reading.value, Unit: reading.figure})
				}
			}
			all = append(all, b)
		}
	}
	return all
}

// compare relates each type's readers to swap's, run by run, so that what
// slowed a whole run down doesn't count.
func (s *set) compare() {
	for _, swap := range s.Results {
		if swap.typ.When != way.Never || swap.typ.Fence {
			continue
		}
		for _, r := range s.Results {
			for i := range r.runs {
				own, _ := r.runs[i].of(requestP999)
				if base, _ := swap.runs[i].of(requestP999); base.value > 0 {
					r.runs[i].set(requestToSwap, own.value/base.value)
				}
			}
		}
	}
}

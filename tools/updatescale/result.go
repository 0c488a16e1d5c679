package main

import (
	"hazptr/tools/internal/latency"
	"hazptr/tools/internal/machine"
	"hazptr/tools/internal/sample"
	"hazptr/tools/internal/way"
)

// A result is what all runs have measured of one type.
type result struct {
	typ     way.UpdateType
	blocked blocked // by a reader that stays, in any run
	runs    []run
	latency *latency.Histogram // of single updates, in all runs
}

// of returns the readings of f in all runs that have one, and whether any of them says no more than that it is no less.
func (r *result) of(f *figure) (s sample.Sample, least bool) {
	for _, run := range r.runs {
		if reading, ok := run[f]; ok {
			s = append(s, reading.value)
			least = least || reading.least
		}
	}
	return s, least
}

// A set is what the program has measured, all in the same circumstances.
type set struct {
	config  *options
	machine machine.Machine
	fence   string
	results []*result
}

// compare relates each type's readers to those of swap, run by run, so that what slowed a whole run down doesn't count.
func (s *set) compare() {
	for _, swap := range s.results {
		if swap.typ.When != way.Never {
			continue
		}
		for _, r := range s.results {
			for i := range r.runs {
				if base := swap.runs[i][requestP999].value; base > 0 {
					r.runs[i].set(requestToSwap, r.runs[i][requestP999].value/base)
				}
			}
		}
	}
}

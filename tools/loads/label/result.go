package main

import (
	"time"

	"hazptr/tools/loads/internal/latency"
	"hazptr/tools/loads/internal/rounds"
)

// A result is what all rounds of a way found, of one kind and rate.
type result struct {
	Kind      string        `json:"kind"`
	Rate      int           `json:"replacements_wanted_per_second"`
	Way       string        `json:"way"`
	PerSecond rounds.Spread `json:"per_second"`
	Median    time.Duration `json:"median_ns"` // of checks alone: of 64
	P999      time.Duration `json:"p99.9_ns"`
	Replaced  int64         `json:"replaced"`
	Ended     time.Duration `json:"replaced_to_ended_median_ns"`
	EndedLast time.Duration `json:"replaced_to_ended_worst_ns"`
	Most      int           `json:"most_policies_alive"`

	rounds []float64
}

func resultOf(k kind, rate int, way string, all []*figures) result {
	times, outlived := latency.NewHistogram(), latency.NewHistogram()
	r := result{Kind: k.String(), Rate: rate, Way: way}
	for _, f := range all {
		times.Merge(f.times)
		outlived.Merge(f.outlived)
		r.rounds = append(r.rounds, f.perSecond())
		r.Replaced += f.replaced
		r.Most = max(r.Most, f.most)
	}
	r.PerSecond = rounds.SpreadOf(r.rounds)
	r.Median, r.P999 = times.Quantile(0.5), times.Quantile(0.999)
	r.Ended, r.EndedLast = outlived.Quantile(0.5), outlived.Worst()
	return r
}

// to relates the result to another of the same kind and rate, round by round, so that what slowed a whole round down doesn't count.
func (r *result) to(other *result) []float64 {
	var ratios []float64
	for i := range min(len(r.rounds), len(other.rounds)) {
		ratios = append(ratios, r.rounds[i]/other.rounds[i])
	}
	return ratios
}

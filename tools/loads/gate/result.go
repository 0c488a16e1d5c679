package main

import (
	"time"

	"hazptr/tools/loads/internal/latency"
	"hazptr/tools/loads/internal/rounds"
)

// A result is what all rounds of a way found with a kind of I/O.
type result struct {
	Kind      string         `json:"kind"`
	Way       string         `json:"way"`
	PerSecond rounds.Spread  `json:"ios_per_second"`
	ToHazptr  *rounds.Spread `json:"to_hazptr,omitempty"`
	IOMedian  time.Duration  `json:"io_median_ns"` // of empty ones: of 64
	IOP999    time.Duration  `json:"io_p99.9_ns"`
	IOWorst   time.Duration  `json:"io_worst_ns"`
	Freezes   int64          `json:"freezes"`
	Median    time.Duration  `json:"freeze_median_ns"`
	P99       time.Duration  `json:"freeze_p99_ns"`
	Worst     time.Duration  `json:"freeze_worst_ns"`
}

// resultOf sums up a way's rounds and relates them to hazptr's, round by round, so that what slowed a whole round down doesn't count.
func resultOf(k kind, way string, all, base []*figures) result {
	ios, freezes := latency.NewHistogram(), latency.NewHistogram()
	var perSecond, ratios []float64
	for i, f := range all {
		ios.Merge(f.ios)
		freezes.Merge(f.freezes)
		perSecond = append(perSecond, f.perSecond())
		if i < len(base) {
			ratios = append(ratios, f.perSecond()/base[i].perSecond())
		}
	}
	r := result{
		Kind: k.String(), Way: way, PerSecond: rounds.SpreadOf(perSecond),
		IOMedian: ios.Quantile(0.5), IOP999: ios.Quantile(0.999), IOWorst: ios.Worst(),
		Freezes: freezes.Count(), Median: freezes.Quantile(0.5), P99: freezes.Quantile(0.99), Worst: freezes.Worst(),
	}
	if len(ratios) > 0 {
		spread := rounds.SpreadOf(ratios)
		r.ToHazptr = &spread
	}
	return r
}

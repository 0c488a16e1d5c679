package contest

import (
	"time"

	"hazptr/tools/internal/latency"
	"hazptr/tools/loads/internal/rounds"
)

// A Result is what all rounds of a way found, of one kind and rate.
type Result struct {
	Kind      string         `json:"kind,omitzero"`
	Rate      int            `json:"changes_wanted_per_second"`
	Way       string         `json:"way"`
	PerSecond rounds.Spread  `json:"per_second"`
	ToHazptr  *rounds.Spread `json:"to_hazptr,omitempty"`
	Times     Times          `json:"times"` // of as many as are timed at once
	Changes   Times          `json:"changes"`
	Ended     Times          `json:"replaced_to_ended,omitzero"`
	Most      int            `json:"most_alive,omitzero"`
	MostBytes int64          `json:"most_bytes_alive,omitzero"`

	rounds []float64
}

// Times are how long things took.
type Times struct {
	Count  int64         `json:"count"`
	Median time.Duration `json:"median_ns"`
	P99    time.Duration `json:"p99_ns"`
	P999   time.Duration `json:"p99.9_ns"`
	Worst  time.Duration `json:"worst_ns"`
}

func timesOf(h *latency.Histogram) Times {
	return Times{h.Count(), h.Quantile(0.5), h.Quantile(0.99), h.Quantile(0.999), h.Worst()}
}

func resultOf(kind string, rate int, way string, all []*Found) Result {
	r := Result{Kind: kind, Rate: rate, Way: way}
	times, changes, outlived := latency.NewHistogram(), latency.NewHistogram(), latency.NewHistogram()
	for _, f := range all {
		times.Merge(f.Times)
		changes.Merge(f.Changes)
		outlived.Merge(f.Outlived)
		r.rounds = append(r.rounds, f.PerSecond())
		r.Most = max(r.Most, f.Most)
		r.MostBytes = max(r.MostBytes, f.MostBytes)
	}
	r.PerSecond = rounds.SpreadOf(r.rounds)
	r.Times, r.Changes, r.Ended = timesOf(times), timesOf(changes), timesOf(outlived)
	return r
}

// To relates the result to another of the same kind and rate, round by round,
// so that what slowed a whole round down does not count.
func (r *Result) To(other *Result) []float64 { return rounds.Ratios(r.rounds, other.rounds) }

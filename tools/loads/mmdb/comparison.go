package main

import (
	"strings"

	"hazptr/tools/loads/internal/latency"
	"hazptr/tools/loads/internal/rounds"
	"hazptr/tools/loads/internal/summary"
)

// conclude compares hazptr with the other ways that were measured beside it.
func (r *report) conclude() {
	r.OK = true // what misbehaves has ended the program
	base, ok := resultNamed(r.Results, "hazptr")
	if !ok {
		r.Verdict = "hazptr did not run"
		return
	}
	var rivals []rounds.Rival
	late := ""
	for _, other := range r.Results {
		if other.Ended != nil || strings.HasPrefix(other.Way, "hazptr") {
			continue
		}
		r.Figures = append(r.Figures,
			summary.Figure{Name: "lookups per second, against " + other.Way, Before: other.LookupsPerSec.Median, After: base.LookupsPerSec.Median},
			summary.Figure{Name: "replaced to unmapped, worst, against " + other.Way, Unit: "ms", Before: float64(other.Unmapped.Worst) / 1e6, After: float64(base.Unmapped.Worst) / 1e6})
		rivals = append(rivals, rounds.Rival{Name: other.Way, Ratio: *other.ToHazptr})
		if other.Way == "gc" {
			late = ". gc unmaps after up to " + latency.Text(other.Unmapped.Worst)
		}
	}
	r.Verdict = "lookups per second: " + rounds.Standing("hazptr", rivals...) + late
	if len(rivals) == 0 {
		r.Verdict = "hazptr ran alone"
	}
}

func resultNamed(results []result, way string) (result, bool) {
	for _, r := range results {
		if r.Way == way {
			return r, true
		}
	}
	return result{}, false
}

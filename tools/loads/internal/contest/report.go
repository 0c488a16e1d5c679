package contest

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"hazptr"
	"hazptr/tools/loads/internal/rounds"
	"hazptr/tools/loads/internal/summary"
)

// A Report is what the loads that are contests print in common.
type Report struct {
	summary.Summary
	Duration time.Duration `json:"duration_ns"`
	Rounds   int           `json:"rounds"`
	Fence    string        `json:"fence"` // what hazptr orders readers with
	Results  []Result      `json:"results"`
}

// NewReport relates the results to hazptr's, and says where it stands: kind by
// kind, among all but the ways in ours, which are hazptr's too.
func NewReport(s summary.Summary, o *Options, kinds []Kind, results []Result, ours ...string) Report {
	r := Report{Summary: s, Duration: o.Duration, Rounds: o.Rounds, Fence: hazptr.Default().Stats().Fence, Results: results}
	r.OK = true // what misbehaves has ended the program
	for i := range results {
		if base := r.Of(results[i].Kind, results[i].Rate, "hazptr"); base != nil {
			spread := rounds.SpreadOf(results[i].To(base))
			results[i].ToHazptr = &spread
		}
	}
	var verdicts []string
	for _, k := range kinds {
		var rivals []rounds.Rival
		ratios := map[string][]float64{} // over all rates
		for other, base := range r.Pairs(k, ours...) {
			if ratios[other.Way] == nil {
				rivals = append(rivals, rounds.Rival{Name: other.Way})
			}
			ratios[other.Way] = append(ratios[other.Way], other.To(base)...)
		}
		for i := range rivals {
			rivals[i].Ratio = rounds.SpreadOf(ratios[rivals[i].Name])
		}
		if len(rivals) > 0 {
			verdicts = append(verdicts, k.Text+": "+rounds.Standing("hazptr", rivals...))
		}
	}
	if r.Verdict = strings.Join(verdicts, "\n"); r.Verdict == "" {
		r.Verdict = "nothing to compare hazptr with"
	}
	return r
}

// Of returns a result, or nil.
func (r *Report) Of(kind string, rate int, way string) *Result {
	for i, one := range r.Results {
		if one.Kind == kind && one.Rate == rate && one.Way == way {
			return &r.Results[i]
		}
	}
	return nil
}

// Pairs yields the results of the other ways, but for ours, of a kind, each
// beside that of hazptr of the same rate.
func (r *Report) Pairs(k Kind, ours ...string) iter.Seq2[*Result, *Result] {
	return func(yield func(other, base *Result) bool) {
		for i := range r.Results {
			other := &r.Results[i]
			base := r.Of(k.Name, other.Rate, "hazptr")
			if base != nil && other.Kind == k.Name && other.Way != base.Way && !slices.Contains(ours, other.Way) && !yield(other, base) {
				return
			}
		}
	}
}

// Head says how the contest was held.
func (r *Report) Head() string {
	return fmt.Sprintf("%v in rounds: %d.\n%s, %s, GOMAXPROCS %d", r.Duration, r.Rounds, r.Go, r.System, r.GOMAXPROCS)
}

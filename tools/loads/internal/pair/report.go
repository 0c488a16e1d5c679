package pair

import (
	"fmt"
	"strings"
	"time"

	"hazptr/tools/loads/internal/patch"
	"hazptr/tools/loads/internal/summary"
)

// A Report is what a Duel prints.
type Report struct {
	summary.Summary
	Version   string        `json:"version"`
	Benchtime time.Duration `json:"benchtime_ns"`
	Rounds    int           `json:"rounds"`
	Results   []Result      `json:"results"` // nanoseconds per operation
	Suites    Suites        `json:"tests,omitempty"`

	duel *Duel
}

// Report returns what was found.
func (d *Duel) Report(o *DuelOptions, change patch.Change, original, patched Found, suites Suites) (*Report, error) {
	results, err := d.Comparison.Results(original, patched)
	if err != nil {
		return nil, err
	}
	r := &Report{
		Summary: summary.New(d.Plan.Name, d.Hurt, o.Words()),
		Version: d.Plan.Module.String(), Benchtime: o.Benchtime, Rounds: o.Rounds, Results: results, Suites: suites, duel: d,
	}
	r.Added, r.Removed = change.Added, change.Removed
	r.Figures, r.Verdict = d.Comparison.Figures(results), d.Comparison.Verdict(results)
	r.OK = len(suites.Worse()) == 0 // what else misbehaves has ended the program
	return r, nil
}

// String returns the report as a table, and what it says in words.
func (r *Report) String() string {
	return fmt.Sprintf(`%s. Patched: %d lines added, %d removed (-diff prints them).
Nanoseconds per operation: the median of %d rounds of %v each, with the fastest and the slowest. %s, %s.
%s
%s.
%s
%s`, r.Version, r.Added, r.Removed, r.Rounds, r.Benchtime, r.Go, r.System,
		r.duel.Comparison.Table(r.Results), strings.ReplaceAll(r.Verdict, ". ", ".\n"), strings.TrimSpace(r.duel.Notes), r.Suites)
}

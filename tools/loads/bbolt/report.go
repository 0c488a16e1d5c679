package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"hazptr/tools/loads/internal/pair"
	"hazptr/tools/loads/internal/patch"
	"hazptr/tools/loads/internal/summary"
)

// A report is what the program prints.
type report struct {
	summary.Summary
	Goals []goal `json:"goals"`

	Version  string        `json:"version"`
	Crashes  *crashes      `json:"crashes"`
	Suites   pair.Suites   `json:"tests"`
	Grow     int64         `json:"grow_bytes"`
	Readers  int           `json:"readers"`
	Hold     time.Duration `json:"hold_ns"`
	Duration time.Duration `json:"duration_ns"`
	Rounds   int           `json:"rounds"`

	Scenarios []*scenario `json:"-"` // they are in Figures
}

func newReport(o *options, change patch.Change) *report {
	r := &report{
		Summary: summary.New("bbolt", "mapping a grown file anew waits for every open read transaction, and new ones wait behind it", o.Words()),
		Version: plan.Module.String(),
		Grow:    int64(o.Grow), Readers: o.Readers, Hold: o.Hold, Duration: o.Duration, Rounds: o.Rounds,
	}
	r.Added, r.Removed = change.Added, change.Removed
	return r
}

// conclude fills in what follows from the scenarios and the tests.
func (r *report) conclude() {
	scenarios := slices.Clone(r.Scenarios) // with readers to wait for first
	slices.SortStableFunc(scenarios, func(a, b *scenario) int { return min(b.long, 1) - min(a.long, 1) })
	for _, s := range scenarios {
		for _, row := range rows {
			r.Figures = append(r.Figures, summary.Figure{Name: longText(s.long) + ": " + row.name, Unit: row.unit, Before: row.value(s.before), After: row.value(s.after)})
		}
	}
	r.Goals = goalsOf(r.Scenarios)
	r.OK = len(r.Suites.Worse()) == 0
	var texts []string
	for _, g := range r.Goals {
		texts = append(texts, g.String())
	}
	if len(texts) == 0 {
		texts = []string{"no long readers: nothing to gain was looked for"}
	}
	r.Verdict = strings.Join(texts, "; ")
}

func (r *report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, `%s. Patched: %d lines added, %d removed (-diff prints them).
Files grow from 1 MB to %.0f MB. Readers: %d, and long ones that stay for %v. Each program: %v in rounds: %d.
%s, %s, GOMAXPROCS %d.
%s
`,
		r.Version, r.Added, r.Removed, float64(r.Grow)/1e6, r.Readers, r.Hold, r.Duration, r.Rounds, r.Go, r.System, r.GOMAXPROCS, r.table())
	for _, g := range r.Goals {
		fmt.Fprintln(&b, g)
	}
	if r.Crashes.Killed > 0 {
		fmt.Fprintf(&b, "Workers killed: %d. No file was damaged, and no commit lost: the original's check, and %d values.\n", r.Crashes.Killed, r.Crashes.Values)
	}
	return b.String() + r.Suites.String()
}

func (r *report) table() *summary.Table {
	var things, programs []string
	for _, s := range r.Scenarios {
		things = append(things, longText(s.long), "")
		programs = append(programs, "original", "patched")
	}
	t := summary.NewTable(things...)
	t.Row("", programs...)
	t.Line()
	for _, row := range rows {
		if row.line {
			t.Line()
		}
		var values []string
		for _, s := range r.Scenarios {
			values = append(values, row.text(s.before), row.text(s.after))
		}
		t.Row(row.name, values...)
	}
	return t
}

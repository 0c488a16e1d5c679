package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"hazptr/tools/internal/chart"
	"hazptr/tools/internal/latency"
	"hazptr/tools/loads/bbolt/internal/figures"
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
		if s.long > 0 && r.Stall == nil {
			r.Stall = r.stall(s)
		}
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

// stall is the picture of a scenario.
func (r *report) stall(s *scenario) *chart.Stall {
	return &chart.Stall{
		Heading: []string{
			fmt.Sprintf("%s: Views while a file grows from 1 to %.0f MB, beside %s (%v).", r.Version, float64(r.Grow)/1e6, longText(s.long), r.Hold),
			fmt.Sprintf("GOMAXPROCS %d. Left: the first round. Figures and curves: all %d.", r.GOMAXPROCS, r.Rounds),
		},
		Reads: "Views",
		Sides: []chart.Side{{Name: "original", Times: s.before.Times, All: s.before.Views}, {Name: "patched", Times: s.after.Times, All: s.after.Views}},
	}
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

// A row is a figure as it is taken and shown.
type row struct {
	name, unit string // ms, MB, or none of what is counted
	of         func(*figures.Figures) int64
	line       bool // a line before it
}

// value is in the row's unit.
func (r row) value(f *figures.Figures) float64 {
	if r.unit == "" {
		return float64(r.of(f))
	}
	return float64(r.of(f)) / 1e6
}

func (r row) text(f *figures.Figures) string {
	switch r.unit {
	case "ms":
		return latency.Text(time.Duration(r.of(f)))
	case "MB":
		return fmt.Sprintf("%.1f MB", r.value(f))
	}
	return fmt.Sprint(r.of(f))
}

var rows = []row{
	{"View, worst", "ms", func(f *figures.Figures) int64 { return int64(f.Views.Worst()) }, false},
	{"View, p99.9", "ms", func(f *figures.Figures) int64 { return int64(f.Views.Quantile(0.999)) }, false},
	{"View, median", "ms", func(f *figures.Figures) int64 { return int64(f.Views.Quantile(0.5)) }, false},
	{"Views done", "", func(f *figures.Figures) int64 { return f.Views.Count() }, false},
	{"long transactions done", "", func(f *figures.Figures) int64 { return f.Stays }, false},
	{"update, worst", "ms", func(f *figures.Figures) int64 { return int64(f.Updates.Worst()) }, true},
	{"update, p99.9", "ms", func(f *figures.Figures) int64 { return int64(f.Updates.Quantile(0.999)) }, false},
	{"update, median", "ms", func(f *figures.Figures) int64 { return int64(f.Updates.Quantile(0.5)) }, false},
	{"written", "MB", func(f *figures.Figures) int64 { return f.Written }, false},
	{"files grown", "", func(f *figures.Figures) int64 { return f.Grown }, false},
	{"remaps", "", func(f *figures.Figures) int64 { return f.Remaps }, false},
	{"mapped, at most", "MB", func(f *figures.Figures) int64 { return f.Mapped }, true},
}

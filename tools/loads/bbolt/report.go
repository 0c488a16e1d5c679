package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"hazptr/tools/internal/chart"
	"hazptr/tools/internal/latency"
	"hazptr/tools/internal/program"
	"hazptr/tools/loads/bbolt/internal/figures"
	"hazptr/tools/loads/internal/pair"
	"hazptr/tools/loads/internal/patch"
	"hazptr/tools/loads/internal/summary"
)

// A report is what the program prints.
type report struct {
	summary.Summary
	Goals []summary.Goal `json:"goals"`

	Version  string        `json:"version"`
	Crashes  *crashes      `json:"crashes"`
	Suites   pair.Suites   `json:"tests"`
	Grow     program.Bytes `json:"grow_bytes"`
	Readers  int           `json:"readers"`
	Hold     time.Duration `json:"hold_ns"`
	Duration time.Duration `json:"duration_ns"`
	Rounds   int           `json:"rounds"`

	Ways      [wayCount]way `json:"-"` // their figures are in Figures
	Scenarios []*scenario   `json:"-"`
}

func newReport(o *options, change patch.Change, ways [wayCount]way) *report {
	r := &report{
		Summary: summary.New("bbolt", "mapping a grown file anew waits for every open read transaction, and new ones wait behind it", o.Words()),
		Version: plan.Module.String(),
		Grow:    o.Grow, Readers: o.Readers, Hold: o.Hold, Duration: o.Duration, Rounds: o.Rounds, Ways: ways,
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
			r.Figures = append(r.Figures, row.figure(s, 0, row.name))
		}
	}
	for _, s := range r.Scenarios {
		if s.long == 0 {
			continue
		}
		for i, w := range r.Ways {
			if w.mapped == 0 {
				continue
			}
			for _, row := range []row{worstView, viewsDone} {
				r.Figures = append(r.Figures, row.figure(s, i, fmt.Sprintf("%s, against InitialMmapSize %v", row.name, w.mapped)))
			}
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
	r.Verdict = strings.Join(append(texts, r.options()...), "\n")
}

// options says what bbolt's option is worth, in a sentence for each size of it.
func (r *report) options() (said []string) {
	for i, w := range r.Ways {
		if w.mapped == 0 {
			continue
		}
		var worst time.Duration
		var remaps int64
		for _, s := range r.Scenarios {
			worst, remaps = max(worst, s.done[i].Views.Worst()), remaps+s.done[i].Remaps
		}
		said = append(said, fmt.Sprintf("%v: worst View %s, %d remaps", w, latency.Text(worst), remaps))
	}
	return said
}

// stall is the picture of a scenario.
func (r *report) stall(s *scenario) *chart.Stall {
	return &chart.Stall{
		Heading: []string{
			fmt.Sprintf("%s: Views while a file grows from 1 to %.0f MB, beside %s (%v).", r.Version, float64(r.Grow)/1e6, longText(s.long), r.Hold),
			fmt.Sprintf("GOMAXPROCS %d. Left: the first round. Figures and curves: all %d.", r.GOMAXPROCS, r.Rounds),
		},
		Reads: "Views",
		Sides: []chart.Side{{Name: "original", Times: s.before().Times, All: s.before().Views}, {Name: "patched", Times: s.after().Times, All: s.after().Views}},
	}
}

func (r *report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, `%s. Patched: %d lines added, %d removed (-diff prints them).
Files grow from 1 MB to %v. Readers: %d, and long ones that stay for %v. Each way: %v in rounds: %d.
%s, %s, GOMAXPROCS %d.
%s
`,
		r.Version, r.Added, r.Removed, r.Grow, r.Readers, r.Hold, r.Duration, r.Rounds, r.Go, r.System, r.GOMAXPROCS, r.table())
	for _, g := range r.Goals {
		fmt.Fprintln(&b, g)
	}
	for _, text := range r.options() {
		fmt.Fprintln(&b, text)
	}
	if r.Crashes.Killed > 0 {
		fmt.Fprintf(&b, "Workers killed: %d. No file was damaged, and no commit lost: the original's check, and %d values.\n", r.Crashes.Killed, r.Crashes.Values)
	}
	return b.String() + r.Suites.String()
}

// table has a column for each way, and the rows once for each scenario.
func (r *report) table() *summary.Table {
	var names, mapped []string
	for _, w := range r.Ways {
		names = append(names, w.Name)
		mapped = append(mapped, w.mapped.String())
	}
	t := summary.NewTable(names...)
	t.Row("InitialMmapSize", mapped...)
	for _, s := range r.Scenarios {
		t.Line()
		t.Row(longText(s.long))
		t.Line()
		for _, row := range rows {
			if row.line {
				t.Line()
			}
			var values []string
			for _, f := range s.done {
				values = append(values, row.text(f))
			}
			t.Row(row.name, values...)
		}
	}
	return t
}

// A row is a figure as it is taken and shown.
type row struct {
	name, unit string // ms, MB, or none of what is counted
	of         func(*figures.Figures) int64
	line       bool // a line before it
}

// figure compares the patched program with a way.
func (r row) figure(s *scenario, way int, name string) summary.Figure {
	return summary.Figure{Name: longText(s.long) + ": " + name, Unit: r.unit, Before: r.value(s.done[way]), After: r.value(s.after())}
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

var (
	worstView = row{"View, worst", "ms", func(f *figures.Figures) int64 { return int64(f.Views.Worst()) }, false}
	viewsDone = row{"Views done", "", func(f *figures.Figures) int64 { return f.Views.Count() }, false}
)

var rows = []row{
	worstView,
	{"View, p99.9", "ms", func(f *figures.Figures) int64 { return int64(f.Views.Quantile(0.999)) }, false},
	{"View, median", "ms", func(f *figures.Figures) int64 { return int64(f.Views.Quantile(0.5)) }, false},
	viewsDone,
	{"long transactions done", "", func(f *figures.Figures) int64 { return f.Stays }, false},
	{"update, worst", "ms", func(f *figures.Figures) int64 { return int64(f.Updates.Worst()) }, true},
	{"update, p99.9", "ms", func(f *figures.Figures) int64 { return int64(f.Updates.Quantile(0.999)) }, false},
	{"update, median", "ms", func(f *figures.Figures) int64 { return int64(f.Updates.Quantile(0.5)) }, false},
	{"written", "MB", func(f *figures.Figures) int64 { return f.Written }, false},
	{"files grown", "", func(f *figures.Figures) int64 { return f.Grown }, false},
	{"remaps", "", func(f *figures.Figures) int64 { return f.Remaps }, false},
	{"mapped, at most", "MB", func(f *figures.Figures) int64 { return f.Mapped }, true},
}

package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"hazptr/tools/internal/chart"
	"hazptr/tools/loads/internal/pair"
	"hazptr/tools/loads/internal/summary"
)

// A report is what the program prints.
type report struct {
	summary.Summary
	Goals []goal `json:"goals"`

	Version  string        `json:"version"`
	Lines    []pair.Lines  `json:"lines"`
	Crashes  *crashes      `json:"crashes"`
	Suites   pair.Suites   `json:"tests"`
	Hold     time.Duration `json:"hold_ns"`
	Duration time.Duration `json:"duration_ns"`
	Rounds   int           `json:"rounds"`

	Scenarios []*scenario `json:"-"` // they are in Figures
}

func newReport(o *options, p *pair.Pair) *report {
	r := &report{
		Summary: summary.New("badger", "a file of the value log that was rewritten is kept until no iterator is open, so iterators that overlap keep it for ever", o.Words()),
		Version: plan.Module.String(), Lines: p.Lines(),
		Hold: o.Hold, Duration: o.Duration, Rounds: o.Rounds,
	}
	patched := p.Patched().Change
	r.Added, r.Removed = patched.Added, patched.Removed
	return r
}

// conclude fills in what follows from the scenarios and the tests.
func (r *report) conclude() {
	scenarios := slices.Clone(r.Scenarios) // with most iterators first
	slices.SortStableFunc(scenarios, func(a, b *scenario) int { return b.iterators - a.iterators })
	for _, s := range scenarios {
		for _, row := range rows {
			r.Figures = append(r.Figures, summary.Figure{
				Name: iteratorsText(s.iterators) + ": " + row.name, Unit: row.unit,
				Before: row.value(s.runs[0]), After: row.value(s.runs[len(s.runs)-1]),
			})
		}
	}
	if overlap := scenarios[0]; overlap.iterators > 1 {
		r.Growth = r.growth(overlap)
	}
	r.Goals = goalsOf(r.Scenarios)
	r.OK = len(r.Suites.Worse()) == 0
	var texts []string
	for _, g := range r.Goals {
		texts = append(texts, g.String())
	}
	if len(texts) == 0 {
		texts = []string{"no iterators that overlap: nothing to gain was looked for"}
	}
	r.Verdict = strings.Join(texts, "\n")
}

// growth is the picture of a scenario.
func (r *report) growth(s *scenario) *chart.Growth {
	picture := &chart.Growth{
		Heading: []string{
			fmt.Sprintf("%s: files of the value log, beside %s (%v).", r.Version, iteratorsText(s.iterators), r.Hold),
			fmt.Sprintf("GOMAXPROCS %d. The first of %d rounds.", r.GOMAXPROCS, r.Rounds),
		},
		What: "on the disk", Unit: "MB",
	}
	for i, arm := range plan.Arms {
		course := chart.Course{Name: arm.Name}
		for _, d := range s.runs[i][0].Disk {
			course.Amounts = append(course.Amounts, chart.Amount{At: d.At, Value: float64(d.Bytes) / 1e6})
		}
		picture.Courses = append(picture.Courses, course)
	}
	return picture
}

func (r *report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s.", r.Version)
	for _, l := range r.Lines {
		fmt.Fprintf(&b, " %v.", l)
	}
	fmt.Fprintf(&b, ` (-diff prints them.)
8 MB are written in each round of a worker. Iterators stay for %v. Each copy: %v, times %d.
%s, %s, GOMAXPROCS %d. Files and bytes are medians; the least and the most are in brackets.
%s
`,
		r.Hold, r.Duration, r.Rounds, r.Go, r.System, r.GOMAXPROCS, r.table())
	for _, g := range r.Goals {
		fmt.Fprintln(&b, g)
	}
	if r.Crashes.Killed > 0 {
		fmt.Fprintf(&b, "Workers killed: %d, of them while a file was rewritten or deleted: %d. Badger as it is has found all values in their databases: %d.\n", r.Crashes.Killed, r.Crashes.Collecting, r.Crashes.Values)
		if r.Crashes.Emptied > 0 {
			fmt.Fprintf(&b, "Files that were being deleted, with which badger refuses to open a database, so they were removed before: %d.\n", r.Crashes.Emptied)
		}
	}
	return b.String() + r.Suites.String()
}

// table has a column for each copy, and the rows once for each scenario.
func (r *report) table() *summary.Table {
	var names []string
	for _, arm := range plan.Arms {
		names = append(names, arm.Name)
	}
	t := summary.NewTable(names...)
	for i, s := range r.Scenarios {
		if i > 0 {
			t.Line()
		}
		t.Row(iteratorsText(s.iterators))
		t.Line()
		for _, row := range rows {
			var values []string
			for _, all := range s.runs {
				values = append(values, row.text(all))
			}
			t.Row(row.name, values...)
		}
	}
	return t
}

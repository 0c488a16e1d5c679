package main

import (
	"fmt"
	"strings"
	"time"

	"hazptr/tools/internal/latency"
	"hazptr/tools/loads/internal/pair"
	"hazptr/tools/loads/internal/rounds"
	"hazptr/tools/loads/internal/summary"
	"hazptr/tools/loads/kopia/internal/figures"
)

// A report is what the program prints.
type report struct {
	summary.Summary
	Goals []goal            `json:"goals"`
	Arms  map[string][]*arm `json:"arms"` // by scenario

	Version  string        `json:"version"`
	Lines    []pair.Lines  `json:"lines"`
	Crashes  *crashes      `json:"crashes"`
	Suites   pair.Suites   `json:"tests"`
	Contents int           `json:"contents"`
	Listing  time.Duration `json:"listing_ns"`
	Every    time.Duration `json:"every_ns"`
	Duration time.Duration `json:"duration_ns"`
	Rounds   int           `json:"rounds"`

	Scenarios []*scenario `json:"-"` // they are in Arms
}

func newReport(o *options, p *pair.Pair) *report {
	r := &report{
		Summary: summary.New("kopia", "the process dies when indexes are compacted while contents are listed", o.Words()),
		Version: plan.Module.String(), Lines: p.Lines(),
		Contents: o.Contents, Listing: o.Listing, Every: o.Every, Duration: o.Duration, Rounds: o.Rounds,
	}
	r.Added, r.Removed = p.Patched().Change.Added, p.Patched().Change.Removed
	return r
}

// conclude fills in what follows from the scenarios and the tests.
func (r *report) conclude() {
	r.Arms = map[string][]*arm{}
	for _, s := range r.Scenarios {
		r.Arms[s.String()] = s.arms
		r.Goals = append(r.Goals, s.goals()...)
		r.Figures = append(r.Figures, s.figures()...)
	}
	r.OK = len(r.Suites.Worse()) == 0 // what else misbehaves has ended the program
	var texts []string
	for _, g := range r.Goals {
		texts = append(texts, g.String())
	}
	r.Verdict = strings.Join(texts, "; ")
}

// figures compares the hazptr copy with the original, in what they live
// through, and with the other copies.
func (s *scenario) figures() []summary.Figure {
	patched := s.arms[len(s.arms)-1]
	all := []summary.Figure{{Name: fmt.Sprintf("%v: runs alive", s), Before: float64(s.arms[0].Alive), After: float64(patched.Alive)}}
	for _, a := range s.arms[1 : len(s.arms)-1] {
		if a.Alive > 0 && patched.Alive > 0 {
			all = append(all, summary.Figure{Name: fmt.Sprintf("%v: worst lookup, against %s", s, a.Name), Unit: "ms", Before: spread(a.Worst).Median, After: spread(patched.Worst).Median})
		}
	}
	return all
}

// spread is rounds.SpreadOf, of nothing too.
func spread(values []float64) rounds.Spread {
	if len(values) == 0 {
		return rounds.Spread{}
	}
	return rounds.SpreadOf(values)
}

func (r *report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, `%s. -diff prints what is changed.
Contents: %d. A listing: %v. Compactions: %v after one another. Each run: %v. Rounds: %d.
%s, %s, GOMAXPROCS %d.
%s
`,
		r.Version, r.Contents, r.Listing, r.Every, r.Duration, r.Rounds, r.Go, r.System, r.GOMAXPROCS, r.table())
	for _, g := range r.Goals {
		fmt.Fprintln(&b, g)
	}
	if r.Crashes.Killed > 0 {
		fmt.Fprintf(&b, "Workers killed while they compact: %d. No content was lost: the original has read %d, with their caches and without.\n", r.Crashes.Killed, r.Crashes.Contents)
	}
	return b.String() + r.Suites.String()
}

// table has a column for each copy, and the rows once for each scenario.
func (r *report) table() *summary.Table {
	names, lines := []string{"original"}, []string{"as it is"}
	for _, l := range r.Lines {
		names = append(names, l.Arm)
		lines = append(lines, fmt.Sprintf("+%d −%d", l.Added, l.Removed))
	}
	t := summary.NewTable(names...)
	t.Row("lines", lines...)
	for _, s := range r.Scenarios {
		t.Line()
		t.Row(s.String())
		t.Line()
		for _, row := range rows {
			var values []string
			for _, a := range s.arms {
				values = append(values, row.text(a))
			}
			t.Row(row.name, values...)
		}
	}
	return t
}

// A row is a figure as it is shown.
type row struct {
	name string
	text func(*arm) string
}

var rows = []row{
	{"runs", (*arm).outcome},
	{"worst lookup of a run, median", func(a *arm) string {
		return ofAlive(a, func(*figures.Figures) string { return milliseconds(spread(a.Worst).Median) })
	}},
	{"worst lookup of all", func(a *arm) string {
		return ofAlive(a, func(f *figures.Figures) string { return latency.Text(f.Lookups.Worst()) })
	}},
	{"lookup, p99.9", func(a *arm) string {
		return ofAlive(a, func(f *figures.Figures) string { return latency.Text(f.Lookups.Quantile(0.999)) })
	}},
	{"lookup, median", func(a *arm) string {
		return ofAlive(a, func(f *figures.Figures) string { return latency.Text(f.Lookups.Quantile(0.5)) })
	}},
	{"lookups done", count(func(f *figures.Figures) int64 { return f.Lookups.Count() })},
	{"listings done", count(func(f *figures.Figures) int64 { return f.Listings })},
	{"compactions done", count(func(f *figures.Figures) int64 { return f.Compactions })},
	{"Refresh, worst", func(a *arm) string {
		return ofAlive(a, func(f *figures.Figures) string { return latency.Text(f.Refreshes.Worst()) })
	}},
	{"index files mapped, at most", count(func(f *figures.Figures) int64 { return f.Files })},
	{"mapped of them, at most", func(a *arm) string {
		return ofAlive(a, func(f *figures.Figures) string { return fmt.Sprintf("%.1f MB", float64(f.Mapped)/1e6) })
	}},
}

// outcome says how the runs have ended.
func (a *arm) outcome() string {
	var said []string
	for _, one := range []struct {
		word string
		runs int
	}{{"alive", a.Alive}, {"died", a.Died}, {"hung", a.Hung}} {
		if one.runs > 0 {
			said = append(said, fmt.Sprintf("%s %d", one.word, one.runs))
		}
	}
	return strings.Join(said, ", ")
}

// ofAlive is a figure of a copy that was alive at times.
func ofAlive(a *arm, text func(*figures.Figures) string) string {
	if a.Alive == 0 {
		return "–"
	}
	return text(a.Figures)
}

func count(of func(*figures.Figures) int64) func(*arm) string {
	return func(a *arm) string {
		return ofAlive(a, func(f *figures.Figures) string { return fmt.Sprint(of(f)) })
	}
}

func milliseconds(ms float64) string { return latency.Text(time.Duration(ms * 1e6)) }

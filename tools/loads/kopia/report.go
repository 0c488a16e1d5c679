package main

import (
	"fmt"
	"strings"
	"time"

	"hazptr/tools/internal/latency"
	"hazptr/tools/loads/internal/pair"
	"hazptr/tools/loads/internal/rounds"
	"hazptr/tools/loads/internal/summary"
)

// A report is what the program prints.
type report struct {
	summary.Summary
	Goals []summary.Goal    `json:"goals"`
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
		r.Figures = append(r.Figures, s.figures()...)
	}
	r.Goals = goalsOf(r.Scenarios)
	// What else misbehaves has ended the program.
	r.OK = len(r.Suites.Worse()) == 0
	r.Verdict = strings.Join(r.said(), "\n")
}

// said is what came of it, in lines.
func (r *report) said() (lines []string) {
	for _, s := range r.Scenarios {
		lines = append(lines, s.outcome())
	}
	for _, g := range r.Goals {
		lines = append(lines, g.String())
	}
	return lines
}

// figures compares the hazptr copy with the original, in what they live
// through, and with the other copies.
func (s *scenario) figures() []summary.Figure {
	patched := s.patched()
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
	for _, line := range r.said() {
		fmt.Fprintln(&b, line)
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
		t.Row("runs", s.each((*arm).outcome)...)
		for _, row := range rows {
			t.Row(row.name, s.each(func(a *arm) string {
				if a.Alive == 0 {
					return ""
				}
				return row.text(a)
			})...)
		}
	}
	return t
}

// each returns a text of each copy.
func (s *scenario) each(text func(*arm) string) (texts []string) {
	for _, a := range s.arms {
		texts = append(texts, text(a))
	}
	return texts
}

// A row is a figure as it is shown, of a copy that was alive at times.
type row struct {
	name string
	text func(*arm) string
}

var rows = []row{
	{"worst lookup of a run, median", func(a *arm) string { return latency.Text(time.Duration(spread(a.Worst).Median * 1e6)) }},
	{"worst lookup of all", func(a *arm) string { return latency.Text(a.Figures.Lookups.Worst()) }},
	{"lookup, p99.9", func(a *arm) string { return latency.Text(a.Figures.Lookups.Quantile(0.999)) }},
	{"lookup, median", func(a *arm) string { return latency.Text(a.Figures.Lookups.Quantile(0.5)) }},
	{"lookups done", func(a *arm) string { return fmt.Sprint(a.Figures.Lookups.Count()) }},
	{"listings done", func(a *arm) string { return fmt.Sprint(a.Figures.Listings) }},
	{"compactions done", func(a *arm) string { return fmt.Sprint(a.Figures.Compactions) }},
	{"Refresh, worst", func(a *arm) string { return latency.Text(a.Figures.Refreshes.Worst()) }},
	{"index files mapped, at most", func(a *arm) string { return fmt.Sprint(a.Figures.Files) }},
	{"their size, at most", func(a *arm) string { return fmt.Sprintf("%.1f MB", float64(a.Figures.Mapped)/1e6) }},
}

// outcome says how many of the runs have ended how.
func (a *arm) outcome() string {
	var said []string
	runs := a.Alive + a.Died + a.Hung
	for _, one := range []struct {
		word string
		n    int
	}{{"alive", a.Alive}, {"died", a.Died}, {"hung", a.Hung}} {
		if one.n > 0 {
			said = append(said, fmt.Sprintf("%s %d of %d", one.word, one.n, runs))
		}
	}
	return strings.Join(said, ", ")
}

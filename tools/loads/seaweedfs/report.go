package main

import (
	"fmt"
	"strings"
	"time"

	"hazptr/tools/internal/chart"
	"hazptr/tools/internal/latency"
	"hazptr/tools/loads/internal/pair"
	"hazptr/tools/loads/internal/rounds"
	"hazptr/tools/loads/internal/summary"
	"hazptr/tools/loads/seaweedfs/internal/figures"
)

// A report is what the program prints.
type report struct {
	summary.Summary
	Goals []summary.Goal `json:"goals"`

	Version string        `json:"version"`
	Lines   []pair.Lines  `json:"lines"`
	Reading []reading     `json:"reading"`
	Crashes *crashes      `json:"crashes"`
	Suites  pair.Suites   `json:"tests"`
	Readers int           `json:"readers"`
	Pause   time.Duration `json:"pause_ns"`
	Rounds  int           `json:"rounds"`
	Results []result      `json:"results"`

	Scenarios []*scenario `json:"-"` // they are in Results
}

// A result is a figure of a scenario, by arm.
type result struct {
	Scenario string          `json:"scenario"`
	Figure   string          `json:"figure"`
	Unit     string          `json:"unit"`
	Arms     []rounds.Spread `json:"arms"`
}

// figures compares the last arm with the one as it is, and the worst read with
// the others, too.
func (r result) figures() (all []summary.Figure) {
	last := len(r.Arms) - 1
	for arm, name := range arms()[:last] {
		f := summary.Figure{Name: r.Scenario + ": " + r.Figure, Unit: r.Unit, Before: r.Arms[arm].Median, After: r.Arms[last].Median}
		if arm > 0 {
			f.Name += ", against " + name
		}
		if arm == 0 || r.Figure == rows[0].name {
			all = append(all, f)
		}
	}
	return all
}

func newReport(o *options, p *pair.Pair) *report {
	r := &report{
		Summary: summary.New("seaweedfs", "a write, and a vacuum's commit, wait for every reader of the volume, and new ones wait behind them", o.Words()),
		Version: plan.Module.String(), Lines: p.Lines(),
		Readers: o.Readers, Pause: o.Pause, Rounds: o.Rounds,
	}
	r.Added, r.Removed = p.Patched().Change.Added, p.Patched().Change.Removed
	return r
}

// conclude fills in what follows from the scenarios and the tests.
func (r *report) conclude() {
	for _, s := range r.Scenarios {
		for _, row := range rows {
			one := result{Scenario: s.name, Figure: row.name, Unit: row.unit}
			has := false
			for arm := range plan.Arms {
				spread := rounds.SpreadOf(s.of(arm, row.value))
				has = has || spread.Max > 0
				one.Arms = append(one.Arms, spread)
			}
			if !has {
				continue
			}
			r.Results = append(r.Results, one)
			r.Figures = append(r.Figures, one.figures()...)
		}
		if s.goal {
			r.Stall = r.stall(s)
		}
	}
	r.Goals = goalsOf(r.Scenarios)
	r.OK = len(r.Suites.Worse()) == 0
	var texts []string
	for _, g := range r.Goals {
		texts = append(texts, g.String())
	}
	r.Verdict = strings.Join(texts, "\n")
}

// stall is the picture of a scenario.
func (r *report) stall(s *scenario) *chart.Stall {
	picture := &chart.Stall{
		Heading: []string{
			fmt.Sprintf("SeaweedFS, November 2026: reads beside %s.", s.name),
			fmt.Sprintf("GOMAXPROCS %d. Left: the first round. Figures and curves: all %d.", r.GOMAXPROCS, r.Rounds),
		},
		Reads: "reads",
	}
	for arm, name := range arms() {
		side := chart.Side{Name: name, Times: s.rounds[arm][0].Times, All: latency.NewHistogram()}
		for _, f := range s.rounds[arm] {
			side.All.Merge(f.Reads)
		}
		picture.Sides = append(picture.Sides, side)
	}
	return picture
}

func (r *report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s.\nPatched copies:", r.Version)
	for _, l := range r.Lines {
		fmt.Fprintf(&b, " %v;", l)
	}
	fmt.Fprintf(&b, ` -diff prints them.
Readers: %d, %v between two reads. Rounds: %d; the median, with the least and the most.
%s, %s, GOMAXPROCS %d.
%s
`, r.Readers, r.Pause, r.Rounds, r.Go, r.System, r.GOMAXPROCS, r.table())
	for _, g := range r.Goals {
		fmt.Fprintln(&b, g)
	}
	fmt.Fprintf(&b, "The code that reads a volume:\n%s\n", r.code())
	if r.Crashes.Killed > 0 {
		fmt.Fprintf(&b, "Workers killed in a commit: %d. Each volume was whole: SeaweedFS's own load and scrub, and %d needles.\n", r.Crashes.Killed, r.Crashes.Needles)
	}
	return b.String() + r.Suites.String()
}

// table has what was measured.
func (r *report) table() *summary.Table {
	t := summary.NewTable(arms()...)
	scenario := ""
	for i, one := range r.Results {
		if one.Scenario != scenario {
			if i > 0 {
				t.Line()
			}
			t.Row(one.Scenario, make([]string, len(one.Arms))...)
			scenario = one.Scenario
		}
		var values []string
		for _, s := range one.Arms {
			values = append(values, text(s, one.Unit))
		}
		t.Row("  "+one.Figure, values...)
	}
	return t
}

// code has volume_read.go in the copies beside each other.
func (r *report) code() *summary.Table {
	t := summary.NewTable(arms()...)
	for _, row := range []struct {
		name string
		of   func(reading) int
	}{
		{"volume_read.go, lines", func(c reading) int { return c.Lines }},
		{"that take or give back the lock", func(c reading) int { return c.Locking }},
		{"that ask for hasSlowRead", func(c reading) int { return c.SlowRead }},
		{"streamNeedleData, lines", func(c reading) int { return c.Stream }},
		{"branches in it", func(c reading) int { return c.Branches }},
	} {
		var values []string
		for _, c := range r.Reading {
			values = append(values, fmt.Sprint(row.of(c)))
		}
		t.Row(row.name, values...)
	}
	return t
}

func arms() (names []string) {
	for _, a := range plan.Arms {
		names = append(names, a.Name)
	}
	return names
}

func text(s rounds.Spread, unit string) string {
	one := func(v float64) string {
		if unit == "ms" {
			return latency.Text(time.Duration(v * 1e6))
		}
		return fmt.Sprintf("%.0f %s", v, unit)
	}
	if s.Min == s.Max {
		return one(s.Median)
	}
	return fmt.Sprintf("%s (%s–%s)", one(s.Median), one(s.Min), one(s.Max))
}

// A row is a figure as it is taken. Where no arm has it, it is left out.
type row struct {
	name, unit string
	value      func(*figures.Figures) float64 // in the unit
}

var rows = []row{
	{"read, worst", "ms", worstRead},
	{"read, median", "ms", func(f *figures.Figures) float64 { return ms(f.Reads.Quantile(0.5)) }},
	{"write, worst", "ms", func(f *figures.Figures) float64 { return ms(f.Writes.Worst()) }},
	{"commit", "ms", func(f *figures.Figures) float64 { return ms(f.Commit) }},
	{"old files still open", "MB", func(f *figures.Figures) float64 { return float64(f.Kept) / 1e6 }},
}

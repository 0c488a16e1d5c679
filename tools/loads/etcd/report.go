package main

import (
	"fmt"
	"strings"
	"time"

	"hazptr/tools/internal/chart"
	"hazptr/tools/internal/latency"
	"hazptr/tools/internal/program"
	"hazptr/tools/loads/etcd/internal/figures"
	"hazptr/tools/loads/internal/pair"
	"hazptr/tools/loads/internal/rounds"
	"hazptr/tools/loads/internal/summary"
)

// A report is what the program prints.
type report struct {
	summary.Summary
	Goals []summary.Goal `json:"goals"`

	Version  string        `json:"version"`
	Lines    []pair.Lines  `json:"lines"`
	Crashes  *crashes      `json:"crashes"`
	Suites   pair.Suites   `json:"tests"`
	Size     program.Bytes `json:"size_bytes"`
	Snapshot time.Duration `json:"snapshot_ns"`
	Rounds   int           `json:"rounds"`

	Scenarios []*scenario `json:"-"` // they are in Figures
}

func newReport(o *options, p *pair.Pair) *report {
	r := &report{
		Summary: summary.New("etcd", "nothing is read while a member defragments its database, and until its snapshots have been sent", o.Words()),
		Version: plan.Module.String(), Lines: p.Lines(),
		Size: o.Size, Snapshot: o.Snapshot, Rounds: o.Rounds,
	}
	change := p.Patched().Change
	r.Added, r.Removed = change.Added, change.Removed
	return r
}

// wantedLatency is how many times lower the worst Get is to be.
const wantedLatency = 50

// conclude fills in what follows from the scenarios and the tests.
func (r *report) conclude() {
	last := len(plan.Arms) - 1
	for _, s := range r.Scenarios {
		for i := range plan.Arms[:last] {
			for _, row := range rowsOf(s) {
				name := fmt.Sprintf("%v: %s", s, row.name)
				if i > 0 {
					name += ", against " + plan.Arms[i].Name
				}
				r.Figures = append(r.Figures, summary.Figure{Name: name, Unit: row.unit, Before: row.spread(s.runs[i]).Median / 1e6, After: row.spread(s.runs[last]).Median / 1e6})
			}
		}
	}
	var said []string
	for _, s := range r.Scenarios {
		if s.snapshot > 0 && !s.puts {
			for _, row := range []row{serializable, linearizable} {
				g := summary.NewGoal(fmt.Sprintf("%v: %s, lower", s, row.name), wantedLatency, row.spread(s.runs[0]).Median/max(1, row.spread(s.runs[last]).Median))
				r.Goals = append(r.Goals, g)
				said = append(said, g.String())
			}
		}
		if r.Rounds == 1 {
			continue // one round tells no order
		}
		for _, row := range worstOf(s) {
			var rivals []rounds.Rival
			for i, arm := range plan.Arms[:last] {
				rivals = append(rivals, rounds.Rival{Name: arm.Name, Ratio: rounds.SpreadOf(rounds.Ratios(row.values(s.runs[last]), row.values(s.runs[i])))})
			}
			said = append(said, fmt.Sprintf("%v: %s: %s", s, row.name, rounds.Standing("hazptr", rivals...)))
		}
	}
	r.OK, r.Verdict = len(r.Suites.Worse()) == 0, strings.Join(said, "\n")
	r.Stall = r.stall(r.Scenarios[0])
}

// stall is the picture of a scenario.
func (r *report) stall(s *scenario) *chart.Stall {
	picture := &chart.Stall{
		Heading: []string{
			fmt.Sprintf("%s: serializable Gets beside a Defragment of %v, %v.", r.Version, r.Size, s),
			fmt.Sprintf("GOMAXPROCS %d. Left: the first round. Figures and curves: all %d.", r.GOMAXPROCS, r.Rounds),
		},
		Reads: "Gets",
	}
	for i, arm := range plan.Arms {
		all := latency.NewHistogram()
		for _, f := range s.runs[i] {
			all.Merge(f.Serializable.Latencies)
		}
		picture.Sides = append(picture.Sides, chart.Side{Name: arm.Name, Times: s.runs[i][0].Serializable.Times, All: all})
	}
	return picture
}

func (r *report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s. Lines changed (-diff prints them): ", r.Version)
	for i, l := range r.Lines {
		fmt.Fprintf(&b, "%s%v", []string{"", "; "}[min(i, 1)], l)
	}
	fmt.Fprintf(&b, `.
One Defragment of a database with %v of values, synced to the disk. The median of %d rounds, with the best and the worst.
%s, %s, GOMAXPROCS %d.
%s
%s
`, r.Size, r.Rounds, r.Go, r.System, r.GOMAXPROCS, r.table(), r.Verdict)
	if n := r.givenUp(); n > 0 {
		fmt.Fprintf(&b, "Requests that etcd has given up, which took its time limit and count as that long: %d.\n", n)
	}
	fmt.Fprintln(&b, "Every value, snapshot and hash was right, and the space of every replaced file came back.")
	if r.Crashes.Killed > 0 {
		fmt.Fprintf(&b, "Servers killed: %d. No data was damaged, and no acknowledged Put lost: the original's check, and %d values.\n", r.Crashes.Killed, r.Crashes.Values)
	}
	return b.String() + r.Suites.String()
}

// givenUp counts the requests for which a server had no time.
func (r *report) givenUp() (n int64) {
	for _, s := range r.Scenarios {
		for _, runs := range s.runs {
			for _, f := range runs {
				n += f.Serializable.Failed + f.Linearizable.Failed + f.Puts.Failed
			}
		}
	}
	return n
}

func (r *report) table() *summary.Table {
	var arms []string
	for _, arm := range plan.Arms {
		arms = append(arms, arm.Name)
	}
	t := summary.NewTable(arms...)
	for i, s := range r.Scenarios {
		if i > 0 {
			t.Line()
		}
		t.Row(s.String())
		t.Line()
		for _, row := range rowsOf(s) {
			var values []string
			for _, runs := range s.runs {
				values = append(values, row.text(row.spread(runs)))
			}
			t.Row(row.name, values...)
		}
	}
	return t
}

// A row is a figure as it is taken and shown.
type row struct {
	name, unit string // ms of nanoseconds, or MB of bytes
	of         func(*figures.Figures) int64
}

func (r row) values(runs []*figures.Figures) (values []float64) {
	for _, f := range runs {
		values = append(values, float64(r.of(f)))
	}
	return values
}

func (r row) spread(runs []*figures.Figures) rounds.Spread { return rounds.SpreadOf(r.values(runs)) }

func (r row) text(s rounds.Spread) string {
	one := func(v float64) string {
		if r.unit == "MB" {
			return fmt.Sprintf("%.0f MB", v/1e6)
		}
		return latency.Text(time.Duration(v))
	}
	if s.Min == s.Max {
		return one(s.Median)
	}
	return fmt.Sprintf("%s (%s–%s)", one(s.Median), one(s.Min), one(s.Max))
}

var (
	serializable = row{"Get, serializable, worst", "ms", func(f *figures.Figures) int64 { return int64(f.Serializable.Latencies.Worst()) }}
	linearizable = row{"Get, linearizable, worst", "ms", func(f *figures.Figures) int64 { return int64(f.Linearizable.Latencies.Worst()) }}
	put          = row{"Put, worst", "ms", func(f *figures.Figures) int64 { return int64(f.Puts.Latencies.Worst()) }}
)

// worstOf returns the rows of the worst latencies.
func worstOf(s *scenario) []row {
	if s.puts {
		return []row{serializable, linearizable, put}
	}
	return []row{serializable, linearizable}
}

// rowsOf returns all rows of a scenario.
func rowsOf(s *scenario) []row {
	return append(worstOf(s),
		row{"Get, serializable, median", "ms", func(f *figures.Figures) int64 { return int64(f.Serializable.Latencies.Quantile(0.5)) }},
		row{"Get, linearizable, median", "ms", func(f *figures.Figures) int64 { return int64(f.Linearizable.Latencies.Quantile(0.5)) }},
		row{"Defragment", "ms", func(f *figures.Figures) int64 { return int64(f.Defragment) }},
		row{"its old file stays afterwards", "ms", func(f *figures.Figures) int64 { return int64(f.Kept) }},
		row{"disk, at most", "MB", func(f *figures.Figures) int64 { return f.DiskMost }},
		row{"disk, at the end", "MB", func(f *figures.Figures) int64 { return f.Database }},
	)
}

package main

import (
	"fmt"

	"hazptr/tools/loads/internal/contest"
	"hazptr/tools/loads/internal/summary"
)

// A report is what the program prints.
type report struct {
	contest.Report
	Workers int `json:"workers"`
	Freezes int `json:"freezes_per_second"`

	kinds []contest.Kind
}

func newReport(o *options, results []contest.Result) *report {
	s := summary.New("gate", "each I/O is counted, and a count is written by every core; a queue must be frozen to be changed", o.Words())
	r := &report{contest.NewReport(s, &o.Options, o.IO, results), o.Workers, o.Freezes, o.IO}
	for _, k := range r.kinds {
		for other, base := range r.Pairs(k) {
			name := k.Text + ", against " + other.Way
			r.Figures = append(r.Figures,
				summary.Figure{Name: name + ": I/Os per second", Before: other.PerSecond.Median, After: base.PerSecond.Median},
				summary.Figure{Name: name + ": freeze, p99", Unit: "ms", Before: float64(other.Changes.P99) / 1e6, After: float64(base.Changes.P99) / 1e6})
		}
	}
	return r
}

func (r *report) String() string {
	var blocks []contest.Block
	for _, k := range r.kinds {
		timed := "  I/O, median"
		if k.Together > 1 {
			timed = fmt.Sprintf("  %d of them, median", k.Together)
		}
		rows := contest.Speed(k.Text + ": I/Os per second")
		rows = append(rows, contest.Lasting(timed, contest.TimesOf, "p99.9", "worst")...)
		rows = append(rows, contest.Changes("  freezes"))
		rows = append(rows, contest.Lasting("  freeze, median", contest.ChangesOf, "p99", "worst")...)
		blocks = append(blocks, contest.Block{Kind: k.Name, Rate: r.Freezes, Rows: rows})
	}
	return fmt.Sprintf(`Workers: %d. Freezes per second: %d, each to change the file. Each way and kind: %s, hazptr's fence: %s.
%s%s
No I/O was inside while the queue was changed, and every block that was read was the right one.
`, r.Workers, r.Freezes, r.Head(), r.Fence, r.Table(blocks...), r.Verdict)
}

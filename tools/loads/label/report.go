package main

import (
	"fmt"
	"strings"

	"hazptr/tools/internal/latency"
	"hazptr/tools/loads/internal/contest"
	"hazptr/tools/loads/internal/rounds"
	"hazptr/tools/loads/internal/summary"
)

// A report is what the program prints.
type report struct {
	contest.Report
	Workers int     `json:"workers"`
	Shares  []share `json:"shares_of_cpu_time"`

	kinds []contest.Kind
	rates []int
}

func newReport(o *options, results []contest.Result, shares []share) *report {
	s := summary.New("label", "every request takes and drops a reference to one label, whose count all cores write", o.Words())
	r := &report{contest.NewReport(s, &o.Options, o.Do, results), o.Workers, shares, o.Do, o.Rates}
	for _, k := range r.kinds {
		for other, base := range r.Pairs(k) {
			if other.Way == conditional {
				r.Figures = append(r.Figures, summary.Figure{
					Name:   fmt.Sprintf("%s per second, policy replaced %d times a second, against %s", k.Text, other.Rate, other.Way),
					Before: other.PerSecond.Median, After: base.PerSecond.Median})
			}
		}
	}
	return r
}

func (r *report) String() string {
	var blocks []contest.Block
	for _, k := range r.kinds {
		for _, rate := range r.rates {
			blocks = append(blocks, contest.Block{Kind: k.Name, Rate: rate, Rows: r.rows(k, rate)})
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Workers: %d. Each way, kind and rate: %s, hazptr's fence: %s.\n%s", r.Workers, r.Head(), r.Fence, r.Table(blocks...))
	for _, s := range r.Shares {
		fmt.Fprintf(&b, "%s, %s: the label takes %.1f%% of the CPU time of client, server and kernel (of %d samples).\n", s.Kind, s.Way, 100*s.Label, s.Samples)
	}
	fmt.Fprintf(&b, "%s\nNo policy was used after its end, and every page was permitted or denied as its rules say.\n", r.Verdict)
	return b.String()
}

func (r *report) rows(k contest.Kind, rate int) []contest.Row {
	rows := []contest.Row{
		contest.Speed(fmt.Sprintf("%s per second, %d replacements", k.Text, rate))[0],
		{Name: "  slowest, fastest round", Value: func(o *contest.Result) string {
			return contest.Number(o.PerSecond.Min) + ", " + contest.Number(o.PerSecond.Max)
		}},
		{Name: "  to " + conditional, Value: func(o *contest.Result) string {
			base := r.Of(o.Kind, o.Rate, conditional)
			if base == nil {
				return ""
			}
			ratio := rounds.SpreadOf(o.To(base))
			return contest.Ratio(&ratio)
		}},
	}
	if k.Name != bare {
		rows = append(rows, contest.Row{Name: "  median, p99.9", Value: func(o *contest.Result) string {
			return latency.Text(o.Times.Median) + ", " + latency.Text(o.Times.P999)
		}})
	}
	if rate > 0 {
		rows = append(rows, contest.Changes("  replaced"))
		rows = append(rows, contest.Lasting("  replaced to ended, median", contest.EndedOf, "worst")...)
		rows = append(rows, contest.Alive("  policies alive, at most"))
	}
	return rows
}

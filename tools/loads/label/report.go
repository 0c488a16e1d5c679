package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"hazptr"
	"hazptr/tools/loads/internal/latency"
	"hazptr/tools/loads/internal/rounds"
	"hazptr/tools/loads/internal/summary"
	"hazptr/tools/loads/internal/table"
)

// A report is what the program prints.
type report struct {
	summary.Summary
	Workers  int           `json:"workers"`
	Duration time.Duration `json:"duration_ns"`
	Rounds   int           `json:"rounds"`
	Fence    string        `json:"fence"` // what hazptr orders readers with
	Shares   []share       `json:"shares_of_cpu_time"`
	Results  []result      `json:"results"`
}

func newReport(o *options, results []result, shares []share) *report {
	r := &report{
		Summary: summary.New("label", "every request takes and drops a reference to one label, whose count all cores write", o.args),
		Workers: o.workers, Duration: o.duration, Rounds: o.rounds,
		Fence: hazptr.Default().Stats().Fence, Shares: shares, Results: results,
	}
	r.OK = true // what misbehaves has ended the program
	var verdicts []string
	for _, k := range o.kinds {
		if rivals := r.compare(k, o.rates); len(rivals) > 0 {
			verdicts = append(verdicts, k.text()+": "+rounds.Standing("hazptr", rivals...))
		}
	}
	if r.Verdict = strings.Join(verdicts, ". "); r.Verdict == "" {
		r.Verdict = "nothing to compare hazptr with"
	}
	return r
}

// compare adds the figures of a kind and returns what hazptr is compared with, over all rounds of all rates.
func (r *report) compare(k kind, rates []int) (rivals []rounds.Rival) {
	for _, m := range methods {
		if m.name == "hazptr" {
			continue
		}
		var ratios []float64
		for _, rate := range rates {
			one, base := r.result(k, rate, m.name), r.result(k, rate, "hazptr")
			if one == nil || base == nil {
				continue
			}
			ratios = append(ratios, one.to(base)...)
			if m.name == "refcnt-cond" {
				r.Figures = append(r.Figures, summary.Figure{
					Name: fmt.Sprintf("%s per second, policy replaced %d times a second, against refcnt-cond", k.text(), rate), Before: one.PerSecond.Median, After: base.PerSecond.Median})
			}
		}
		if len(ratios) > 0 {
			rivals = append(rivals, rounds.Rival{Name: m.name, Ratio: rounds.SpreadOf(ratios)})
		}
	}
	return rivals
}

func (r *report) result(k kind, rate int, way string) *result {
	for i, one := range r.Results {
		if one.Kind == k.String() && one.Rate == rate && one.Way == way {
			return &r.Results[i]
		}
	}
	return nil
}

func (r *report) write(w io.Writer, o *options) error {
	if o.format == "json" {
		out := json.NewEncoder(w)
		out.SetIndent("", "  ")
		return out.Encode(r)
	}
	return r.writeTable(w, o)
}

func (r *report) writeTable(w io.Writer, o *options) error {
	if _, err := fmt.Fprintf(w, "Workers: %d. Each way, kind and rate: %v in rounds: %d.\n%s, %s, GOMAXPROCS %d, hazptr's fence: %s.\n",
		r.Workers, r.Duration, r.Rounds, r.Go, r.System, r.GOMAXPROCS, r.Fence); err != nil {
		return err
	}
	var ways []string
	for _, m := range o.methods {
		ways = append(ways, m.name)
	}
	t := table.New(ways...)
	for i, k := range o.kinds {
		for j, rate := range o.rates {
			if i+j > 0 {
				t.Line()
			}
			r.rows(t, k, rate, ways)
		}
	}
	if err := t.Write(w); err != nil {
		return err
	}
	for _, s := range r.Shares {
		if _, err := fmt.Fprintf(w, "%s, %s: the label takes %.1f%% of the CPU time of client, server and kernel (of %d samples).\n", s.Kind, s.Way, 100*s.Label, s.Samples); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(w, "%s.\nNo policy was used after its end, and every page was permitted or denied as its rules say.\n", r.Verdict)
	return err
}

func (r *report) rows(t *table.Table, k kind, rate int, ways []string) {
	row := func(name string, value func(*result) string) {
		var values []string
		for _, way := range ways {
			values = append(values, value(r.result(k, rate, way)))
		}
		t.Row(name, values...)
	}
	row(fmt.Sprintf("%s per second, %d replacements", k.text(), rate), func(o *result) string { return countText(o.PerSecond.Median) })
	row("  slowest, fastest round", func(o *result) string { return countText(o.PerSecond.Min) + ", " + countText(o.PerSecond.Max) })
	row("  to refcnt-cond", func(o *result) string {
		if base := r.result(k, rate, "refcnt-cond"); base != nil {
			return fmt.Sprintf("%.2f×", rounds.SpreadOf(o.to(base)).Median)
		}
		return ""
	})
	if k != bare {
		row("  median, p99.9", func(o *result) string { return latency.Text(o.Median) + ", " + latency.Text(o.P999) })
	}
	if rate > 0 {
		row("  replaced", func(o *result) string { return fmt.Sprint(o.Replaced) })
		row("  replaced to ended, median", func(o *result) string { return latency.Text(o.Ended) })
		row("  worst", func(o *result) string { return latency.Text(o.EndedLast) })
		row("  policies alive, at most", func(o *result) string { return fmt.Sprint(o.Most) })
	}
}

func countText(n float64) string {
	if n < 1e5 {
		return fmt.Sprintf("%.0f", n)
	}
	return fmt.Sprintf("%.2f M", n/1e6)
}

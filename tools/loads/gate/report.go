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
	Freezes  int           `json:"freezes_per_second"`
	Duration time.Duration `json:"duration_ns"`
	Rounds   int           `json:"rounds"`
	Fence    string        `json:"fence"` // what hazptr orders readers with
	Results  []result      `json:"results"`
}

func newReport(o *options, results []result) *report {
	r := &report{
		Summary: summary.New("gate", "who does I/O is counted, and a count is written by every core; a queue must be frozen to be changed", o.args),
		Workers: o.workers, Freezes: o.freezes, Duration: o.duration, Rounds: o.rounds,
		Fence: hazptr.Default().Stats().Fence, Results: results,
	}
	r.OK = true // what misbehaves has ended the program
	var verdicts []string
	for _, k := range o.kinds {
		if rivals := r.compare(k); len(rivals) > 0 {
			verdicts = append(verdicts, k.text()+": "+rounds.Standing("hazptr", rivals...))
		}
	}
	r.Verdict = strings.Join(verdicts, ". ")
	if r.Verdict == "" {
		r.Verdict = "nothing to compare hazptr with"
	}
	return r
}

// compare adds the figures of a kind of I/O and returns what hazptr is compared with.
func (r *report) compare(k kind) (rivals []rounds.Rival) {
	var base *result
	for i, one := range r.Results {
		if one.Kind == k.String() && one.Way == "hazptr" {
			base = &r.Results[i]
		}
	}
	for _, other := range r.Results {
		if base == nil || other.Kind != k.String() || other.Way == "hazptr" {
			continue
		}
		name := k.text() + ", against " + other.Way
		r.Figures = append(r.Figures,
			summary.Figure{Name: name + ": I/Os per second", Before: other.PerSecond.Median, After: base.PerSecond.Median},
			summary.Figure{Name: name + ": freeze, p99", Unit: "ms", Before: float64(other.P99) / 1e6, After: float64(base.P99) / 1e6})
		rivals = append(rivals, rounds.Rival{Name: other.Way, Ratio: *other.ToHazptr})
	}
	return rivals
}

func (r *report) write(w io.Writer, format string) error {
	if format == "json" {
		out := json.NewEncoder(w)
		out.SetIndent("", "  ")
		return out.Encode(r)
	}
	return r.writeTable(w)
}

func (r *report) writeTable(w io.Writer) error {
	_, err := fmt.Fprintf(w, `Workers: %d. Freezes per second: %d, each to change the file. Each way and kind: %v in rounds: %d.
%s, %s, GOMAXPROCS %d, hazptr's fence: %s.
`, r.Workers, r.Freezes, r.Duration, r.Rounds, r.Go, r.System, r.GOMAXPROCS, r.Fence)
	if err != nil {
		return err
	}
	var of [kindCount][]result
	var ways []string
	for k := range of {
		for _, one := range r.Results {
			if one.Kind == kind(k).String() {
				of[k] = append(of[k], one)
			}
		}
		if ways == nil {
			for _, one := range of[k] {
				ways = append(ways, one.Way)
			}
		}
	}
	t := table.New(ways...)
	first := true
	for k, results := range of {
		if len(results) == 0 {
			continue
		}
		if !first {
			t.Line()
		}
		first = false
		row := func(name string, value func(result) string) {
			var values []string
			for _, one := range results {
				values = append(values, value(one))
			}
			t.Row(name, values...)
		}
		row(kind(k).text()+": I/Os per second", func(o result) string { return countText(o.PerSecond.Median) })
		row("  slowest round", func(o result) string { return countText(o.PerSecond.Min) })
		row("  fastest round", func(o result) string { return countText(o.PerSecond.Max) })
		row("  to hazptr", func(o result) string {
			if o.ToHazptr == nil {
				return ""
			}
			return fmt.Sprintf("%.2f×", o.ToHazptr.Median)
		})
		row(timed(kind(k))+", median", func(o result) string { return latency.Text(o.IOMedian) })
		row("  p99.9", func(o result) string { return latency.Text(o.IOP999) })
		row("  worst", func(o result) string { return latency.Text(o.IOWorst) })
		row("  freezes", func(o result) string { return fmt.Sprint(o.Freezes) })
		row("  freeze, median", func(o result) string { return latency.Text(o.Median) })
		row("  p99", func(o result) string { return latency.Text(o.P99) })
		row("  worst", func(o result) string { return latency.Text(o.Worst) })
	}
	if err := t.Write(w); err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s.\nNo I/O was inside while the queue was changed, and every block that was read was the right one.\n", r.Verdict)
	return err
}

// timed names what a time is of.
func timed(k kind) string {
	if n := k.together(); n > 1 {
		return fmt.Sprintf("  %d of them", n)
	}
	return "  I/O"
}

func countText(n float64) string {
	if n < 1e5 {
		return fmt.Sprintf("%.0f", n)
	}
	return fmt.Sprintf("%.2f M", n/1e6)
}

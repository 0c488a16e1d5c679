package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
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
	Database string        `json:"database"`
	Bytes    int64         `json:"bytes"`
	Mapped   bool          `json:"mapped"`
	Readers  int           `json:"readers"`
	Reloads  int           `json:"reloads_per_second"`
	Duration time.Duration `json:"duration_ns"`
	Rounds   int           `json:"rounds"`
	Heap     int           `json:"heap_mib"`
	HTTP     bool          `json:"http"`
	Fence    string        `json:"fence"` // what hazptr orders readers with
	Results  []result      `json:"results"`
}

func newReport(o *options, t *trial, results []result) (*report, error) {
	info, err := os.Stat(t.editions[0].path)
	if err != nil {
		return nil, err
	}
	database := o.db
	if database == "" {
		database = fmt.Sprintf("generated, %d networks", o.networks)
	}
	r := &report{
		Summary:  summary.New("mmdb", "a reference count or a read lock is written by every lookup; the garbage collector unmaps late", o.args),
		Database: database, Bytes: info.Size(), Mapped: canMap,
		Readers: o.readers, Reloads: o.reloads, Duration: o.duration, Rounds: o.rounds, Heap: o.heap,
		HTTP: o.http, Fence: hazptr.Default().Stats().Fence, Results: results,
	}
	r.conclude()
	return r, nil
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
	_, err := fmt.Fprintf(w, `Database: %s, %s. Readers: %d. Reloads per second: %d. Each way: %v in rounds: %d.
%s, %s, GOMAXPROCS %d, live heap %d MiB, hazptr's fence: %s.
`,
		r.Database, bytesText(r.Bytes), r.Readers, r.Reloads, r.Duration, r.Rounds, r.Go, r.System, r.GOMAXPROCS, r.Heap, r.Fence)
	if err != nil {
		return err
	}
	if !r.Mapped {
		if _, err := fmt.Fprintln(w, "This system maps no files: databases are read into memory that the garbage collector ends, and no reader can be too late."); err != nil {
			return err
		}
	}
	what := "lookup"
	if r.HTTP {
		what = "request"
	}
	if err := writeResults(w, what, r.Results); err != nil {
		return err
	}
	if r.Verdict == "" {
		return nil
	}
	_, err = fmt.Fprintf(w, "%s.\n", r.Verdict)
	return err
}

func writeResults(w io.Writer, what string, results []result) error {
	var measured []result
	for _, r := range results {
		if r.Ended == nil {
			measured = append(measured, r)
		}
	}
	// each gives a figure's value for every way.
	each := func(value func(result) string) []string {
		var values []string
		for _, r := range measured {
			values = append(values, value(r))
		}
		return values
	}

	if len(measured) > 0 {
		t := table.New(each(func(r result) string { return r.Way })...)
		t.Row(what+"s per second", each(func(r result) string { return countText(r.LookupsPerSec.Median) })...)
		t.Row("  slowest round", each(func(r result) string { return countText(r.LookupsPerSec.Min) })...)
		t.Row("  fastest round", each(func(r result) string { return countText(r.LookupsPerSec.Max) })...)
		t.Row("  to hazptr", each(func(r result) string { return ratioText(r.ToHazptr) })...)
		t.Line()
		t.Row(what+", median", each(func(r result) string { return latency.Text(r.Lookup.Median) })...)
		t.Row("  p99.9", each(func(r result) string { return latency.Text(r.Lookup.P999) })...)
		t.Row("  worst", each(func(r result) string { return latency.Text(r.Lookup.Worst) })...)
		t.Line()
		t.Row("reloads", each(func(r result) string { return fmt.Sprint(r.Reloads) })...)
		t.Row("  median", each(func(r result) string { return latency.Text(r.Reload.Median) })...)
		t.Row("  worst", each(func(r result) string { return latency.Text(r.Reload.Worst) })...)
		t.Line()
		t.Row("replaced to unmapped, median", each(func(r result) string { return latency.Text(r.Unmapped.Median) })...)
		t.Row("  worst", each(func(r result) string { return latency.Text(r.Unmapped.Worst) })...)
		t.Row("mappings alive, at most", each(func(r result) string { return fmt.Sprint(r.MostMappings) })...)
		t.Row("  their size", each(func(r result) string { return bytesText(r.MostBytes) })...)
		t.Line()
		t.Row("used after unmap", each(func(r result) string { return noneText(r.UsedAfterUnmap) })...)
		if err := t.Write(w); err != nil {
			return err
		}
	}
	for _, r := range results {
		if r.Ended != nil {
			if _, err := fmt.Fprintf(w, "%s: %v\n", r.Way, r.Ended); err != nil {
				return err
			}
		}
	}
	return nil
}

func countText(n float64) string {
	if n < 1e5 {
		return fmt.Sprintf("%.0f", n)
	}
	return fmt.Sprintf("%.2f M", n/1e6)
}

func bytesText(n int64) string {
	if n < 1e6 {
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}

func ratioText(s *rounds.Spread) string {
	if s == nil {
		return ""
	}
	return fmt.Sprintf("%.2f×", s.Median)
}

func noneText(n int64) string {
	if n == 0 {
		return "none"
	}
	return fmt.Sprint(n)
}

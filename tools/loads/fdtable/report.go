package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"hazptr/tools/loads/internal/pair"
	"hazptr/tools/loads/internal/patch"
	"hazptr/tools/loads/internal/summary"
)

// comparisonOf returns the comparison, with or without whole sandboxes.
func comparisonOf(sandboxed bool) pair.Comparison {
	c := pair.Comparison{
		Columns: []pair.Column{
			{Title: "original", Way: "references"},
			{Title: "read lock", Way: "rwmutex"},
			{Title: "percpu_ref", Patched: true, Way: "percpu_ref"},
			{Title: "patched, by reference", Patched: true, Way: "references"},
			{Title: "patched, hazptr", Patched: true, Way: "hazptr"},
		},
		Rows: slices.Concat(
			pair.OnCPUs("lookup, one file for all", "LoadLookup/same/%s"),
			pair.OnCPUs("lookup, a file for each", "LoadLookup/own/%s"),
			pair.OnCPUs("lookup, one in 100 replaces it", "LoadLookup/replaced/%s"),
			pair.OnCPUs("replace (dup2)", "LoadReplace/%s"),
			pair.OnCPUs("open and close", "LoadOpenClose"),
			pair.OnCPUs("fork and exit, 64 files", "LoadFork"),
		),
	}
	if sandboxed {
		c.Rows = append(c.Rows, sandboxRow)
	}
	return c
}

// A report is what the program prints.
type report struct {
	summary.Summary
	Version   string        `json:"version"`
	Benchtime time.Duration `json:"benchtime_ns"`
	Rounds    int           `json:"rounds"`
	Results   []pair.Result `json:"results"` // nanoseconds per operation

	comparison pair.Comparison
}

func newReport(o *options, change patch.Change, original, patched *pair.Found) (*report, error) {
	comparison := comparisonOf(o.sandbox)
	results, err := comparison.Results(original, patched)
	if err != nil {
		return nil, err
	}
	r := &report{
		Summary: summary.New("fdtable", "each lookup of a file descriptor takes three locked operations on the file's count", o.args),
		Version: module.String(), Benchtime: o.benchtime, Rounds: o.rounds, Results: results, comparison: comparison,
	}
	r.Added, r.Removed = change.Added, change.Removed
	r.Figures, r.Verdict = comparison.Figures(results), comparison.Verdict(results)
	r.OK = true // what misbehaves has ended the program
	return r, nil
}

func (r *report) write(w io.Writer, format string) error {
	if format == "json" {
		out := json.NewEncoder(w)
		out.SetIndent("", "  ")
		return out.Encode(r)
	}
	if _, err := fmt.Fprintf(w, `%s. Patched: %d lines added, %d removed (-diff prints them).
Nanoseconds per operation: the median of %d rounds of %v each, with the fastest and the slowest. %s, %s.
`, r.Version, r.Added, r.Removed, r.Rounds, r.Benchtime, r.Go, r.System); err != nil {
		return err
	}
	if err := r.comparison.Table(r.Results).Write(w); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, `%s.
Replace, open and fork include what the domain's worker does to end descriptors, on another CPU if there is one. A table that grows leaves its old slice to the garbage collector, in both copies.
No file ended while it was used, and all have ended: checked in both copies. This branch of gVisor brings no tests of its own along.
`, strings.ReplaceAll(r.Verdict, ". ", ".\n"))
	return err
}

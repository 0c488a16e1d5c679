package main

import (
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"time"

	"hazptr/tools/loads/internal/pair"
	"hazptr/tools/loads/internal/patch"
	"hazptr/tools/loads/internal/suite"
	"hazptr/tools/loads/internal/summary"
)

var comparison = pair.Comparison{
	Columns: []pair.Column{{Title: "original"}, {Title: "patched", Patched: true}},
	Rows: slices.Concat(
		pair.OnCPUs("hold the readState", "ReadState/updates=0"),
		pair.OnCPUs("the same, one in 10 replaces it", "ReadState/updates=10"),
		pair.OnCPUs("the same, one in 2 replaces it", "ReadState/updates=50"),
		[]pair.Row{
			{Title: "Get, while keys are overwritten", Benchmark: "LoadGet", CPUs: runtime.GOMAXPROCS(0)},
			{Title: "iterator: seek, two steps, close", Benchmark: "LoadSeek", CPUs: runtime.GOMAXPROCS(0)},
		},
	),
}

// A report is what the program prints.
type report struct {
	summary.Summary
	Version   string         `json:"version"`
	Benchtime time.Duration  `json:"benchtime_ns"`
	Rounds    int            `json:"rounds"`
	Results   []pair.Result  `json:"results"` // nanoseconds per operation
	Suites    []*suite.Suite `json:"tests"`
}

func newReport(o *options, change patch.Change, original, patched *pair.Found, suites []*suite.Suite) (*report, error) {
	results, err := comparison.Results(original, patched)
	if err != nil {
		return nil, err
	}
	r := &report{
		Summary: summary.New("pebble", "each Get and each iterator takes a read lock and a reference that all cores write", o.args),
		Version: module.String(), Benchtime: o.benchtime, Rounds: o.rounds, Results: results, Suites: suites,
	}
	r.Added, r.Removed = change.Added, change.Removed
	r.Figures, r.Verdict = comparison.Figures(results), comparison.Verdict(results)
	r.OK = len(suite.Worse(suites)) == 0 // what else misbehaves has ended the program
	return r, nil
}

// err is the tests that fail in the patched copy alone.
func (r *report) err() error {
	if tests := suite.Worse(r.Suites); len(tests) > 0 {
		return fmt.Errorf("tests of pebble's that fail in the patched copy, and not in the original: %s", strings.Join(tests, ", "))
	}
	return nil
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
	if err := comparison.Table(r.Results).Write(w); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(w, "%s.\nThe first three are pebble's own BenchmarkReadState. No readState ended while it was held, and every value was right: checked in both copies.\n",
		strings.ReplaceAll(r.Verdict, ". ", ".\n")); err != nil {
		return err
	}
	for _, s := range r.Suites {
		if _, err := fmt.Fprintf(w, "%s, %s: %s\n", s.Command, s.Program, s.Verdict()); err != nil {
			return err
		}
		for _, name := range s.Failed {
			if _, err := fmt.Fprintf(w, "    fails: %s\n", name); err != nil {
				return err
			}
		}
	}
	return nil
}

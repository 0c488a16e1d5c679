package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"hazptr/loads/internal/pair"
	"hazptr/loads/internal/patch"
	"hazptr/loads/internal/rounds"
	"hazptr/loads/internal/summary"
	"hazptr/loads/internal/table"
)

// A report is what the program prints.
type report struct {
	summary.Summary
	Version   string        `json:"version"`
	Benchtime time.Duration `json:"benchtime_ns"`
	Rounds    int           `json:"rounds"`
	Results   []result      `json:"results"` // nanoseconds per operation
}

// A result is a row of the table.
type result struct {
	Name    string           `json:"name"`
	Columns []*rounds.Spread `json:"columns"` // null where a column hasn't it

	lookup bool
	rounds [][]float64 // by column
}

func newReport(o *options, change patch.Change, original, patched *pair.Found) (*report, error) {
	r := &report{
		Summary: summary.New("fdtable", "each lookup of a file descriptor takes three locked operations on the file's count", o.args),
		Version: module.String(), Benchtime: o.benchtime, Rounds: o.rounds,
	}
	r.Added, r.Removed = change.Added, change.Removed
	for _, row := range rows {
		for _, n := range cpus() {
			one := result{Name: row.titleWith(n), lookup: row.lookup}
			for i, c := range columns {
				name := row.name(i, n)
				if name == "" {
					one.Columns, one.rounds = append(one.Columns, nil), append(one.rounds, nil)
					continue
				}
				found, err := c.of(original, patched).Of(name)
				if err != nil {
					return nil, err
				}
				spread := rounds.SpreadOf(found)
				one.Columns, one.rounds = append(one.Columns, &spread), append(one.rounds, found)
			}
			r.Results = append(r.Results, one)
			last := one.Columns[len(columns)-1]
			r.Figures = append(r.Figures, summary.Figure{Name: one.Name, Unit: "ns", Before: one.Columns[0].Median, After: last.Median})
		}
	}
	r.OK = true // what misbehaves has ended the program
	r.Verdict = r.verdict()
	return r, nil
}

// verdict says where the patch stands, row by row.
func (r *report) verdict() string {
	var said []string
	for _, one := range r.Results {
		var rivals []rounds.Rival
		mine := one.rounds[len(columns)-1]
		for i, c := range columns[:len(columns)-1] {
			var ratios []float64
			for round := range min(len(mine), len(one.rounds[i])) {
				ratios = append(ratios, mine[round]/one.rounds[i][round]) // of speeds
			}
			if len(ratios) > 0 {
				rivals = append(rivals, rounds.Rival{Name: c.title, Ratio: rounds.SpreadOf(ratios)})
			}
		}
		said = append(said, one.Name+": "+rounds.Standing("hazptr", rivals...))
	}
	return strings.Join(said, ". ")
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
	if _, err := fmt.Fprintf(w, `%s. Patched: %d lines added, %d removed (-diff prints them).
Nanoseconds per operation: the median of %d rounds of %v each, with the fastest and the slowest. %s, %s.
`, r.Version, r.Added, r.Removed, r.Rounds, r.Benchtime, r.Go, r.System); err != nil {
		return err
	}
	var titles []string
	for _, c := range columns {
		titles = append(titles, c.title)
	}
	t := table.New(titles...)
	for i, one := range r.Results {
		if i > 0 && i%len(cpus()) == 0 {
			t.Line()
		}
		var values []string
		for _, s := range one.Columns {
			text := ""
			if s != nil {
				text = fmt.Sprintf("%.1f (%.1f–%.1f)", s.Median, s.Min, s.Max)
			}
			values = append(values, text)
		}
		t.Row(one.Name, values...)
	}
	if err := t.Write(w); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, `%s.
Replace and open include what the domain's worker does to end a descriptor, on another CPU if there is one.
No file ended while it was used, and all have ended: checked in both copies. This branch of gVisor brings no tests of its own along.
`, strings.ReplaceAll(r.Verdict, ". ", ".\n"))
	return err
}

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"hazptr/tools/loads/internal/patch"
	"hazptr/tools/loads/internal/suite"
	"hazptr/tools/loads/internal/summary"
	"hazptr/tools/loads/internal/table"
)

// A report is what the program prints.
type report struct {
	summary.Summary
	Goals []goal `json:"goals"`

	Version  string         `json:"version"`
	Crashes  *crashes       `json:"crashes"`
	Suites   []*suite.Suite `json:"tests"`
	Grow     int64          `json:"grow_bytes"`
	Readers  int            `json:"readers"`
	Hold     time.Duration  `json:"hold_ns"`
	Duration time.Duration  `json:"duration_ns"`
	Rounds   int            `json:"rounds"`

	Scenarios []*scenario `json:"-"` // they are in Figures
}

func newReport(o *options, change patch.Change) *report {
	r := &report{
		Summary: summary.New("bbolt", "mapping a grown file anew waits for every open read transaction, and new ones wait behind it", o.args),
		Version: module.String(),
		Grow:    o.grow, Readers: o.readers, Hold: o.hold, Duration: o.duration, Rounds: o.rounds,
	}
	r.Added, r.Removed = change.Added, change.Removed
	return r
}

// conclude fills in what follows from the scenarios and the tests.
func (r *report) conclude() {
	scenarios := slices.Clone(r.Scenarios) // those in which a remap has readers to wait for come first
	slices.SortStableFunc(scenarios, func(a, b *scenario) int { return min(b.long, 1) - min(a.long, 1) })
	for _, s := range scenarios {
		for _, row := range rows {
			r.Figures = append(r.Figures, summary.Figure{Name: longText(s.long) + ": " + row.name, Unit: row.unit, Before: row.value(s.before), After: row.value(s.after)})
		}
	}
	r.Goals = goalsOf(r.Scenarios)
	r.OK = len(suite.Worse(r.Suites)) == 0
	var texts []string
	for _, g := range r.Goals {
		texts = append(texts, g.String())
	}
	if len(texts) == 0 {
		texts = []string{"no long readers: nothing to gain was looked for"}
	}
	r.Verdict = strings.Join(texts, "; ")
}

// err is the tests that fail in the patched copy alone.
func (r *report) err() error {
	if tests := suite.Worse(r.Suites); len(tests) > 0 {
		return fmt.Errorf("tests of bbolt's that fail in the patched copy, and not in the original: %s", strings.Join(tests, ", "))
	}
	return nil
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
	_, err := fmt.Fprintf(w, `%s. Patched: %d lines added, %d removed (-diff prints them).
Files grow from 1 MB to %.0f MB. Readers: %d, and long ones that stay for %v. Each program: %v in rounds: %d.
%s, %s, GOMAXPROCS %d.
`,
		r.Version, r.Added, r.Removed, float64(r.Grow)/1e6, r.Readers, r.Hold, r.Duration, r.Rounds, r.Go, r.System, r.GOMAXPROCS)
	if err != nil {
		return err
	}
	if err := r.table().Write(w); err != nil {
		return err
	}
	for _, g := range r.Goals {
		if _, err := fmt.Fprintln(w, g); err != nil {
			return err
		}
	}
	if r.Crashes.Killed > 0 {
		if _, err := fmt.Fprintf(w, "Workers killed: %d. No file was damaged, and no commit lost: the original's check, and %d values.\n", r.Crashes.Killed, r.Crashes.Values); err != nil {
			return err
		}
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

func (r *report) table() *table.Table {
	var things, programs []string
	for _, s := range r.Scenarios {
		things = append(things, longText(s.long), "")
		programs = append(programs, "original", "patched")
	}
	t := table.New(things...)
	t.Row("", programs...)
	t.Line()
	for _, row := range rows {
		if row.line {
			t.Line()
		}
		var values []string
		for _, s := range r.Scenarios {
			values = append(values, row.text(s.before), row.text(s.after))
		}
		t.Row(row.name, values...)
	}
	return t
}

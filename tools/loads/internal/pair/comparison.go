package pair

import (
	"fmt"
	"runtime"
	"strings"

	"hazptr/tools/loads/internal/rounds"
	"hazptr/tools/loads/internal/summary"
)

// A Comparison is a table of benchmarks: nanoseconds per operation. The first
// column is the original, and the last what is made of it.
type Comparison struct {
	Columns []Column
	Rows    []Row
}

// A Column is a way to do a thing, in one of the copies.
type Column struct {
	Title   string
	Patched bool
	Way     string // in the names of benchmarks
}

// A Row is what is measured.
type Row struct {
	Title string

	// With %s for the column's way. Without, only the first and the last column
	// have it.
	Benchmark string

	CPUs int
}

// OnCPUs returns the row for one CPU and for all.
func OnCPUs(title, benchmark string) []Row {
	rows := []Row{{title, benchmark, 1}}
	if n := runtime.GOMAXPROCS(0); n > 1 {
		rows = append(rows, Row{title, benchmark, n})
	}
	return rows
}

func (r Row) name() string {
	if r.CPUs == 1 {
		return r.Title + ", 1 CPU"
	}
	return fmt.Sprintf("%s, %d CPUs", r.Title, r.CPUs)
}

// Name returns the name of a row's benchmark in a column, or "".
func (c Comparison) Name(r Row, column int) string {
	name := r.Benchmark
	switch {
	case strings.Contains(name, "%s"):
		name = fmt.Sprintf(name, c.Columns[column].Way)
	case column != 0 && column != len(c.Columns)-1:
		return ""
	}
	if r.CPUs > 1 {
		name += fmt.Sprintf("-%d", r.CPUs)
	}
	return name
}

// Found is what rounds of benchmarks have found in a copy: nanoseconds per
// operation by a benchmark's name.
type Found map[string][]float64

// Add adds a round.
func (f Found) Add(round map[string]float64) {
	for name, ns := range round {
		f[name] = append(f[name], ns)
	}
}

// Of returns the rounds of a benchmark, of which there must be some.
func (f Found) Of(name string) ([]float64, error) {
	if len(f[name]) == 0 {
		return nil, fmt.Errorf("no benchmark %q has run", name)
	}
	return f[name], nil
}

// A Result is what was found of a row.
type Result struct {
	Name    string           `json:"name"`
	Columns []*rounds.Spread `json:"columns"` // null where a column hasn't it

	rounds [][]float64 // by column
}

// Results returns a Result for each row.
func (c Comparison) Results(original, patched Found) (results []Result, err error) {
	for _, row := range c.Rows {
		one := Result{Name: row.name()}
		for i, column := range c.Columns {
			var found []float64
			var spread *rounds.Spread
			if name := c.Name(row, i); name != "" {
				from := original
				if column.Patched {
					from = patched
				}
				if found, err = from.Of(name); err != nil {
					return nil, err
				}
				s := rounds.SpreadOf(found)
				spread = &s
			}
			one.Columns, one.rounds = append(one.Columns, spread), append(one.rounds, found)
		}
		results = append(results, one)
	}
	return results, nil
}

// Figures returns the first and the last column.
func (c Comparison) Figures(results []Result) (figures []summary.Figure) {
	for _, one := range results {
		figures = append(figures, summary.Figure{Name: one.Name, Unit: "ns", Before: one.Columns[0].Median, After: one.Columns[len(c.Columns)-1].Median})
	}
	return figures
}

// Verdict says where the last column stands, row by row.
func (c Comparison) Verdict(results []Result) string {
	var said []string
	last := len(c.Columns) - 1
	for _, one := range results {
		var rivals []rounds.Rival
		for i, column := range c.Columns[:last] {
			// Of speeds.
			if ratios := rounds.Ratios(one.rounds[last], one.rounds[i]); len(ratios) > 0 {
				rivals = append(rivals, rounds.Rival{Name: column.Title, Ratio: rounds.SpreadOf(ratios)})
			}
		}
		said = append(said, one.Name+": "+rounds.Standing("hazptr", rivals...))
	}
	return strings.Join(said, "\n")
}

// Table returns the table, with medians and, in brackets, the fastest and the
// slowest round.
func (c Comparison) Table(results []Result) *summary.Table {
	var titles []string
	for _, column := range c.Columns {
		titles = append(titles, column.Title)
	}
	t := summary.NewTable(titles...)
	for i, one := range results {
		if i > 0 && c.Rows[i].Title != c.Rows[i-1].Title {
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
	return t
}

// CPUs is what a test binary's -test.cpu needs for the rows of OnCPUs.
func CPUs() string {
	if n := runtime.GOMAXPROCS(0); n > 1 {
		return fmt.Sprintf("1,%d", n)
	}
	return "1"
}

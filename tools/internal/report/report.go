// Package report prints what was measured: as a table, as JSON and for
// benchstat.
package report

import (
	"encoding/json"
	"io"
	"strconv"

	pretty "github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"golang.org/x/perf/benchfmt"

	"hazptr/tools/internal/machine"
)

// Write prints a set in one of the formats table, json and benchfmt. The set's
// own encoding is the JSON.
func Write[S any](w io.Writer, format string, set S, table func(S) string, benchmarks func(S) []*benchfmt.Result) error {
	switch format {
	case "json":
		out := json.NewEncoder(w)
		out.SetIndent("", "  ")
		return out.Encode(set)
	case "benchfmt":
		out := benchfmt.NewWriter(w)
		for _, b := range benchmarks(set) {
			if err := out.Write(b); err != nil {
				return err
			}
		}
		return nil
	}
	_, err := io.WriteString(w, table(set))
	return err
}

// NewTable returns a table with these headings. Below the last one, all columns
// but the first are figures.
func NewTable(headings ...pretty.Row) pretty.Writer {
	t := pretty.NewWriter()
	style := pretty.StyleLight
	style.Format.Header = text.FormatDefault
	style.Options.DrawBorder = false
	style.Options.SeparateColumns = false
	t.SetStyle(style)
	for _, heading := range headings {
		t.AppendHeader(heading)
	}
	var columns []pretty.ColumnConfig
	for number := 2; number <= len(headings[0]); number++ {
		columns = append(columns, pretty.ColumnConfig{Number: number, Align: text.AlignRight, AlignHeader: text.AlignRight})
	}
	t.SetColumnConfigs(columns)
	return t
}

// Benchmark returns one run of a program's benchmark. Each run is a line of
// its own, so that benchstat finds the spread itself.
func Benchmark(m *machine.Machine, program, name string, operations int, values ...benchfmt.Value) *benchfmt.Result {
	b := &benchfmt.Result{Name: benchfmt.Name(name + "-" + strconv.Itoa(m.Cores)), Iters: operations, Values: values}
	for _, about := range [][2]string{
		{"goos", m.OS}, {"goarch", m.Arch}, {"pkg", "hazptr/tools/" + program}, {"cpu", m.CPU}, {"go", m.Go}, {"fence", m.Fence},
	} {
		b.Config = append(b.Config, benchfmt.Config{Key: about[0], Value: []byte(about[1]), File: true})
	}
	return b
}

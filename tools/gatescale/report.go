package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	pretty "github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"hazptr/tools/internal/bench"
	"hazptr/tools/internal/result"
	"hazptr/tools/internal/way"
)

const (
	manyPasses = 1000
	afterMany  = -1 // none is held, but many were
)

// passes is how many are held when a Freeze begins.
var passes = []int{0, 1, 8, manyPasses}

// A report has what was measured of each gate.
type report struct {
	usages []usage
	lines  []string                  // of code, of each gate
	open   *result.Set               // enter and exit of the open gate
	held   [][]float64               // of each gate: ns of enter and exit while many passes are held
	frozen []map[int][]time.Duration // of each gate: freezes by the number of passes
	turns  int
}

func newReport(ctx context.Context, runs int) (*report, error) {
	r := &report{usages: usages()}
	var names []string
	for _, u := range r.usages {
		names = append(names, u.name)
		r.frozen = append(r.frozen, make(map[int][]time.Duration))
		r.held = append(r.held, nil)
		r.lines = append(r.lines, lines(ctx, u.folder))
	}
	var types way.ReadTypes
	err := types.UnmarshalText([]byte(strings.Join(names, ",")))
	if err != nil {
		return nil, err
	}
	r.open, err = bench.NewSeries(bench.Config{Types: types, Readers: []int{1, 2}, Runs: runs, Section: 20 * time.Millisecond}).Run(ctx, func() {})
	return r, err
}

// measure makes all runs, unless ctx ends. Those with the most passes come last: a gate on hazard pointers looks at as many slots afterwards as were ever in use.
func (r *report) measure(ctx context.Context, runs, freezes int) error {
	for _, n := range append(passes, afterMany) {
		for range runs * freezes {
			if err := ctx.Err(); err != nil {
				return err
			}
			r.inTurn(func(gate int) {
				r.frozen[gate][n] = append(r.frozen[gate][n], r.usages[gate].frozen(max(n, 0)))
			})
		}
	}
	for range runs {
		if err := ctx.Err(); err != nil {
			return err
		}
		r.inTurn(func(gate int) {
			r.held[gate] = append(r.held[gate], r.usages[gate].enterWhileHeld(manyPasses, 1_000_000))
		})
	}
	return nil
}

// inTurn calls measure for each gate, now one of them first and now the other, so that neither always finds what the other has left in the caches.
func (r *report) inTurn(measure func(gate int)) {
	r.turns++
	for i := range r.usages {
		measure((i + r.turns) % len(r.usages))
	}
}

// A row is a figure of both gates, in words.
type row struct {
	Figure  string            `json:"figure"`
	Gates   map[string]string `json:"gates"`
	divided bool              // from the one before
}

// rows returns the figures.
func (r *report) rows() (rows []row) {
	add := func(divided bool, name string, figure func(gate int) string) {
		gates := map[string]string{}
		for i, u := range r.usages {
			gates[u.name] = figure(i)
		}
		rows = append(rows, row{name, gates, divided})
	}
	add(false, "lines of code", func(gate int) string { return r.lines[gate] })
	for i, readers := range []int{1, 2} {
		add(i == 0, fmt.Sprintf("enter and exit, ns, by %d", readers), func(gate int) string {
			for i := range r.open.Results {
				if o := &r.open.Results[i]; o.Type == r.usages[gate].name && o.Readers == readers {
					return fmt.Sprintf("%.2f", o.Minimum())
				}
			}
			return "-"
		})
	}
	add(false, fmt.Sprintf("  by 1, while %d passes are held", manyPasses), func(gate int) string {
		return fmt.Sprintf("%.2f", slices.Min(r.held[gate]))
	})
	for _, n := range append(passes, afterMany) {
		what := fmt.Sprintf("%d held", n)
		if n == afterMany {
			what = fmt.Sprintf("0 held, when %d were", manyPasses)
		}
		at := func(q float64) func(int) string {
			return func(gate int) string {
				all := slices.Sorted(slices.Values(r.frozen[gate][n]))
				return fmt.Sprintf("%.1f", float64(all[int(q*float64(len(all)-1))].Nanoseconds())/1000)
			}
		}
		add(true, "freeze, µs: "+what+", median", at(0.5))
		add(false, "  minimum", at(0))
		add(false, "  p99", at(0.99))
	}
	return rows
}

func (r *report) table() pretty.Writer {
	t := pretty.NewWriter()
	style := pretty.StyleLight
	style.Format.Header = text.FormatDefault
	style.Options.DrawBorder = false
	style.Options.SeparateColumns = false
	t.SetStyle(style)
	t.SetColumnConfigs([]pretty.ColumnConfig{
		{Number: 2, Align: text.AlignRight, AlignHeader: text.AlignRight},
		{Number: 3, Align: text.AlignRight, AlignHeader: text.AlignRight},
	})
	t.AppendHeader(pretty.Row{"", r.usages[0].name, r.usages[1].name})
	for _, row := range r.rows() {
		if row.divided {
			t.AppendSeparator()
		}
		t.AppendRow(pretty.Row{row.Figure, row.Gates[r.usages[0].name], row.Gates[r.usages[1].name]})
	}
	return t
}

package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	pretty "github.com/jedib0t/go-pretty/v6/table"

	"hazptr/tools/internal/bench"
	"hazptr/tools/internal/machine"
	"hazptr/tools/internal/mechanism"
	"hazptr/tools/internal/report"
)

const (
	manyPasses = 1000
	afterMany  = -1 // none is held, but many were
)

// passes is how many are held when a Freeze begins.
var passes = []int{0, 1, 8, manyPasses}

// A comparison has what was measured of each gate.
type comparison struct {
	usages []usage
	lines  []string                  // of code, of each gate
	open   *bench.Set                // enter and exit of the open gate
	held   [][]float64               // of each gate: ns of enter and exit while many passes are held
	frozen []map[int][]time.Duration // of each gate: freezes by the number of passes
	turns  int
}

// compare measures both gates, unless ctx ends. Freezes with the most passes
// come last: a gate on hazard pointers looks at as many slots afterwards as
// were ever in use.
func compare(ctx context.Context, runs, freezes int) (*comparison, error) {
	c := &comparison{usages: usages()}
	var names []string
	for _, u := range c.usages {
		names = append(names, u.name)
		c.lines = append(c.lines, lines(ctx, u.folder))
		c.frozen = append(c.frozen, make(map[int][]time.Duration))
	}
	c.held = make([][]float64, len(c.usages))
	var types mechanism.Types
	err := types.UnmarshalText([]byte(strings.Join(names, ",")))
	if err != nil {
		return nil, err
	}
	open := bench.Config{Types: types, Readers: []int{1, 2}, Runs: runs, Section: 20 * time.Millisecond}
	if c.open, err = bench.NewSeries(open).Run(ctx, func() {}); err != nil {
		return nil, err
	}
	for _, n := range append(passes, afterMany) {
		err := c.inTurn(ctx, runs*freezes, func(gate int) {
			c.frozen[gate][n] = append(c.frozen[gate][n], c.usages[gate].frozen(max(n, 0)))
		})
		if err != nil {
			return nil, err
		}
	}
	return c, c.inTurn(ctx, runs, func(gate int) {
		c.held[gate] = append(c.held[gate], c.usages[gate].enterWhileHeld(manyPasses, 1_000_000))
	})
}

// inTurn measures each gate so many times, now one of them first and now the
// other, so that neither always finds what the other has left in the caches.
func (c *comparison) inTurn(ctx context.Context, times int, measure func(gate int)) error {
	for range times {
		if err := ctx.Err(); err != nil {
			return err
		}
		c.turns++
		for i := range c.usages {
			measure((i + c.turns) % len(c.usages))
		}
	}
	return nil
}

// A row is a figure of both gates, in words.
type row struct {
	Figure  string            `json:"figure"`
	Gates   map[string]string `json:"gates"`
	divided bool              // from the one before
}

// rows returns the figures.
func (c *comparison) rows() (rows []row) {
	add := func(divided bool, name string, figure func(gate int) string) {
		gates := map[string]string{}
		for i, u := range c.usages {
			gates[u.name] = figure(i)
		}
		rows = append(rows, row{name, gates, divided})
	}
	add(false, "lines of code", func(gate int) string { return c.lines[gate] })
	for i, readers := range []int{1, 2} {
		add(i == 0, fmt.Sprintf("enter and exit, ns, by %d", readers), func(gate int) string {
			for _, o := range c.open.Results {
				if o.Type == c.usages[gate].name && o.Readers == readers {
					return fmt.Sprintf("%.2f", o.Minimum)
				}
			}
			return "-"
		})
	}
	add(false, fmt.Sprintf("  by 1, while %d passes are held", manyPasses), func(gate int) string {
		return fmt.Sprintf("%.2f", slices.Min(c.held[gate]))
	})
	for _, n := range append(passes, afterMany) {
		what := fmt.Sprintf("%d held", n)
		if n == afterMany {
			what = fmt.Sprintf("0 held, when %d were", manyPasses)
		}
		at := func(q float64) func(int) string {
			return func(gate int) string {
				all := slices.Sorted(slices.Values(c.frozen[gate][n]))
				return fmt.Sprintf("%.1f", float64(all[int(q*float64(len(all)-1))].Nanoseconds())/1000)
			}
		}
		add(true, "freeze, µs: "+what+", median", at(0.5))
		add(false, "  minimum", at(0))
		add(false, "  p99", at(0.99))
	}
	return rows
}

// table has a line for each row.
func table(runs int, rows []row) string {
	gates := slices.Sorted(maps.Keys(rows[0].Gates))
	t := report.NewTable(pretty.Row{"", gates[0], gates[1]})
	for _, row := range rows {
		if row.divided {
			t.AppendSeparator()
		}
		t.AppendRow(pretty.Row{row.Figure, row.Gates[gates[0]], row.Gates[gates[1]]})
	}
	m := machine.This()
	return fmt.Sprintf("%d runs, %s, cores: %d\n\n%s\n", runs, m.Describe(), m.Cores, t.Render())
}

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
	"hazptr/tools/internal/report"
	"hazptr/tools/internal/sample"
	"hazptr/tools/internal/way"
)

const (
	manyPasses = 1000
	afterMany  = -1 // none is held, but many were
)

// passes is how many are held when a Freeze begins.
var passes = []int{0, 1, 8, manyPasses}

// A contestant is a gate, and what was measured of it.
type contestant struct {
	usage
	lines  string                  // of code
	held   []float64               // ns of enter and exit while passes are held
	frozen map[int][]time.Duration // freezes by the number of passes
}

// A comparison has what was measured of all gates.
type comparison struct {
	gates []*contestant
	open  *bench.Set // enter and exit of the open gates
}

// compare measures both gates, unless ctx ends. Freezes with the most passes
// come last: a gate on hazard pointers looks at as many slots afterwards as
// were ever in use. The gates take turns, so that neither always finds what the
// other has left in the caches.
func compare(ctx context.Context, runs, freezes int) (*comparison, error) {
	c := new(comparison)
	var names []string
	for _, u := range usages() {
		names = append(names, u.name)
		c.gates = append(c.gates, &contestant{usage: u, lines: lines(ctx, u.folder), frozen: make(map[int][]time.Duration)})
	}
	var types way.ReadTypes
	err := types.UnmarshalText([]byte(strings.Join(names, ",")))
	if err != nil {
		return nil, err
	}
	open := bench.Config{Types: types, Readers: []int{1, 2}, Runs: runs, Section: 20 * time.Millisecond}
	if c.open, err = bench.NewSeries(open).Run(ctx, func() {}); err != nil {
		return nil, err
	}
	for _, n := range append(passes, afterMany) {
		err := sample.InTurn(ctx, runs*freezes, len(c.gates), func(i int) error {
			g := c.gates[i]
			g.frozen[n] = append(g.frozen[n], g.freezing(max(n, 0)))
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return c, sample.InTurn(ctx, runs, len(c.gates), func(i int) error {
		g := c.gates[i]
		g.held = append(g.held, g.enterWhileHeld(manyPasses, 1_000_000))
		return nil
	})
}

// A row is a figure of both gates, in words.
type row struct {
	Figure  string            `json:"figure"`
	Gates   map[string]string `json:"gates"`
	divided bool              // from the one before
}

// rows returns the figures.
func (c *comparison) rows() (rows []row) {
	add := func(divided bool, name string, figure func(*contestant) string) {
		gates := map[string]string{}
		for _, g := range c.gates {
			gates[g.name] = figure(g)
		}
		rows = append(rows, row{name, gates, divided})
	}
	add(false, "lines of code", func(g *contestant) string { return g.lines })
	for i, readers := range []int{1, 2} {
		add(i == 0, fmt.Sprintf("enter and exit, ns, by %d", readers), func(g *contestant) string {
			for _, o := range c.open.Results {
				if o.Type == g.name && o.Readers == readers {
					return fmt.Sprintf("%.2f", o.Minimum)
				}
			}
			return "-"
		})
	}
	add(false, fmt.Sprintf("  by 1, while %d passes are held", manyPasses), func(g *contestant) string {
		return fmt.Sprintf("%.2f", slices.Min(g.held))
	})
	for _, n := range append(passes, afterMany) {
		what := fmt.Sprintf("%d held", n)
		if n == afterMany {
			what = fmt.Sprintf("0 held, when %d were", manyPasses)
		}
		at := func(q float64) func(*contestant) string {
			return func(g *contestant) string {
				all := slices.Sorted(slices.Values(g.frozen[n]))
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

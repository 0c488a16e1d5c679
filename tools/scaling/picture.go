package main

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/plot/plotter"

	"hazptr/tools/internal/chart"
)

// A panel is what the picture shows of a group.
type panel struct {
	group, title string
	names        []string // nil: all
	text         func(float64) string
}

var panels = [][]panel{
	{
		{readsByAll, "a read, a reader for each P, or 8 a core", []string{"load", "hazptr", "hazptr-guard", "rcu", "srcu", "percpu_ref", "refcnt-cond", "rwlock"}, chart.Time},
		{updateCPU, "an update, CPU time", nil, chart.Time},
	},
	{{waits, "a pass, and what else waits for readers", nil, chart.Time}},
	{{memory, "memory", nil, chart.Bytes}},
}

// picture draws s to path as SVG.
func picture(path string, s *set) error {
	x := chart.Axis{Log: true, Text: func(v float64) string { return strconv.FormatFloat(v, 'f', 0, 64) }}
	for _, p := range s.Points {
		x.At = append(x.At, float64(p.Procs))
	}
	slices.Sort(x.At)
	x.Low, x.High = x.At[0], max(x.At[len(x.At)-1], 2*x.At[0])
	var rows []chart.Row
	for _, panels := range panels {
		var row chart.Row
		for _, p := range panels {
			row = append(row, p.lines(s, x))
		}
		rows = append(rows, row)
	}
	return chart.Write(path, []string{
		"How cost grows with GOMAXPROCS. Both axes are logarithmic",
		fmt.Sprintf("%s, %s, cores: %d, heavy fence: %s; times are minima", s.CPU, s.Go, s.Cores, s.Fence),
	}, rows...)
}

// lines returns the panel of a set.
func (p panel) lines(s *set, x chart.Axis) *chart.Lines {
	l := &chart.Lines{Title: p.title, X: x}
	least, most := math.Inf(1), 0.0
	for _, name := range s.names(p.group) {
		if p.names != nil && !slices.Contains(p.names, name) {
			continue
		}
		line := chart.Line{Name: name}
		line.Color, line.Dashed = chart.Hue(len(l.Lines))
		for _, point := range s.Points {
			if f, ok := point.of(p.group, name); ok && f.value() > 0 {
				line.Points = append(line.Points, plotter.XY{X: float64(point.Procs), Y: f.value()})
				least, most = min(least, f.value()), max(most, f.value())
			}
		}
		slices.SortFunc(line.Points, func(a, b plotter.XY) int { return int(a.X - b.X) })
		l.Lines = append(l.Lines, line)
	}
	if most == 0 {
		least, most = 1, 1
	}
	low, high := chart.Decades(least, most)
	l.Y = chart.Axis{Low: low, High: high, Log: true, Text: p.text}
	return l
}

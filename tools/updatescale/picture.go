package main

import (
	"fmt"
	"image/color"
	"math"

	"gonum.org/v1/plot"

	"hazptr/tools/internal/chart"
	"hazptr/tools/internal/way"
)

// picture draws s to path as SVG: three charts with a bar for each type, and
// below them how soon objects ended, by load.
func picture(path string, s *set) error {
	return chart.Write(path, 11*72*chart.Point, []string{
		headline(s.options) + "; logarithmic",
		fmt.Sprintf("%s, %s, cores: %d, heavy fence: %s", s.CPU, s.Go, s.Cores, s.Fence),
		"last reader left to end: of the objects of all runs; curves: the share of them that had ended by then",
	}, chart.Bars(
		medians(s, "CPU per update", updateCPU, nanoseconds),
		medians(s, fmt.Sprintf("last reader left to end, p99, %d/s", s.Rate), paced.p99(), duration),
		medians(s, "most pending, while a reader stays", pendingMost, count),
	), chart.CurvesRow(
		curves(s, "last reader left to end, one at a time", quiet),
		curves(s, fmt.Sprintf("last reader left to end, %d/s", s.Rate), paced),
		curves(s, "the same with every core busy", busy),
	))
}

// lineColors are told apart by most eyes. Where there are more lines than
// colours the others are dashed.
var lineColors = []color.RGBA{
	{0x00, 0x72, 0xb2, 0xff}, {0xd5, 0x5e, 0x00, 0xff}, {0x00, 0x9e, 0x73, 0xff}, {0xcc, 0x79, 0xa7, 0xff},
	{0xe6, 0x9f, 0x00, 0xff}, {0x56, 0xb4, 0xe9, 0xff}, {0x00, 0x00, 0x00, 0xff}, {0x8b, 0x5a, 0x2b, 0xff},
}

// curves charts the share of all objects that had ended within a time. A type
// has the same line in every picture.
func curves(s *set, title string, p pace) *chart.Curves {
	c := &chart.Curves{Title: title, Low: 0.1, High: 1e6, Ticks: decades(duration)}
	for i, typ := range way.Updates() {
		for _, r := range s.Results {
			pool := r.pools[p]
			if r.typ.Name != typ.Name || pool == nil {
				continue
			}
			line := chart.Line{Name: typ.Name, Color: lineColors[i%len(lineColors)], Dashed: i >= len(lineColors)}
			for t, n := range pool.ended.Cumulative() {
				line.Steps = append(line.Steps, chart.Step{At: microseconds(t), Share: float64(n) / float64(pool.all.Count())})
			}
			c.Lines = append(c.Lines, line)
		}
	}
	return c
}

// decades puts ticks at powers of ten, and a figure at every other one.
func decades(print func(float64) string) plot.Ticker {
	return chart.Decades(func(v float64) string {
		if int(math.Round(math.Log10(v)))%2 != 0 {
			return ""
		}
		return print(v)
	}, 1)
}

// medians charts the medians of a figure.
func medians(s *set, title, figure string, print func(float64) string) *chart.Chart {
	c := &chart.Chart{Title: title, Low: math.Inf(1)}
	for _, r := range s.Results {
		value, _, _ := r.shown(figure)
		bar := chart.Bar{To: value, Color: color.RGBA{0x2f, 0x6e, 0xb5, 0xff}, Label: r.text(figure, print)}
		if figure == pendingMost && r.blocked == everyWriter {
			bar.To, bar.Label = 0, "blocks"
		}
		if bar.To > 0 {
			c.Low, c.High = min(c.Low, bar.To), max(c.High, bar.To)
		}
		c.Groups = append(c.Groups, chart.Group{Name: r.typ.Name, Bars: []chart.Bar{bar}})
	}
	if c.High == 0 {
		c.Low, c.High = 1, 10
	}
	// So that the least has a bar, too.
	c.Low = math.Pow(10, math.Floor(math.Log10(c.Low))-0.5)
	// Room for the labels.
	c.High = max(c.Low*100, c.High*20)
	c.Ticks = decades(print)
	return c
}

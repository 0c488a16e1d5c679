package main

import (
	"fmt"
	"image/color"
	"math"
	"slices"

	"hazptr/tools/internal/bench"
	"hazptr/tools/internal/chart"
)

// picture draws s to path as SVG: a group of bars for each type, a bar for each
// number of readers.
func picture(path string, s *bench.Set) error {
	figure := func(v float64) string { return fmt.Sprintf("%.4g", v) }
	c := &chart.Chart{Low: math.Inf(1), Ticks: chart.Decades(figure, 1, 2, 5)}
	var readers []int // in the order of the legend
	for _, r := range s.Results {
		if !slices.Contains(readers, r.Readers) {
			readers = append(readers, r.Readers)
		}
	}
	for i, n := range readers {
		name := fmt.Sprintf("%d readers", n)
		if n == 1 {
			name = "1 reader"
		}
		c.Legend = append(c.Legend, chart.Swatch{Name: name, Color: fill(i, len(readers))})
	}
	for i, r := range s.Results {
		if i == 0 || s.Results[i-1].Type != r.Type {
			c.Groups = append(c.Groups, chart.Group{Name: r.Type})
		}
		group := &c.Groups[len(c.Groups)-1]
		color := fill(slices.Index(readers, r.Readers), len(readers))
		group.Bars = append(group.Bars, chart.Bar{To: r.Median, Mark: r.Minimum, Color: color, Label: nanoseconds(r.Median)})
		c.Low, c.High = min(c.Low, r.Minimum), max(c.High, r.Median)
	}
	c.Low = math.Pow(10, math.Floor(math.Log10(max(c.Low, 1e-3))))
	c.High = max(c.Low*10, c.High*2.5) // room for the figure and the legend
	return chart.Write(path, 9*72*chart.Point, []string{
		headline(s),
		fmt.Sprintf("%s, %s, %s, heavy fence: %s", s.CPU, s.Go, cores(s), s.Fence),
		"logarithmic; bar: median, white line in it: minimum",
	}, chart.Bars(c))
}

// fill returns the colour of the i-th of n numbers of readers: from light to
// dark.
func fill(i, n int) color.Color {
	share := 0.2 + 0.8*float64(i+1)/float64(n)
	shade := func(dark float64) uint8 { return uint8(255 - share*(255-dark)) }
	return color.RGBA{shade(0x08), shade(0x30), shade(0x6b), 0xff}
}

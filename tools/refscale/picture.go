package main

import (
	"fmt"
	"image/color"
	"math"
	"slices"

	"hazptr/tools/internal/bench"
	"hazptr/tools/internal/chart"
	"hazptr/tools/internal/report"
)

// picture draws s to path as SVG: a group of bars for each type, a bar for each
// number of readers.
func picture(path string, s *bench.Set) error {
	var readers []int // of the first type, and so of each
	for _, r := range s.Results {
		if !slices.Contains(readers, r.Readers) {
			readers = append(readers, r.Readers)
		}
	}
	bars, least, most, kernel := &chart.Bars{}, math.Inf(1), 0.0, ""
	for i, r := range s.Results {
		first := i == 0 || s.Results[i-1].Type != r.Type
		if first {
			bars.Groups = append(bars.Groups, chart.Group{Name: r.Type})
		}
		bar := chart.Bar{To: r.Median, Color: fill(slices.Index(readers, r.Readers), len(readers)), Label: nanoseconds(r.Median),
			Marks: []chart.Mark{{At: r.Minimum, Color: color.White}}}
		if len(bars.Groups) == 1 { // its labels say what the colours mean
			bar.Label += ", " + readersText(r.Readers)
		}
		least, most = min(least, r.Minimum), max(most, r.Median)
		if r.Kernel != nil {
			bar.Marks = append(bar.Marks, chart.Mark{At: *r.Kernel, Color: orange})
			most, kernel = max(most, *r.Kernel), "; orange: Linux's refscale on x86"
		}
		group := &bars.Groups[len(bars.Groups)-1]
		group.Bars = append(group.Bars, bar)
	}
	low, high := chart.Decades(max(least, 1e-3), max(most, 1e-3))
	bars.X = chart.Axis{Low: low, High: high, Log: true, Text: func(ns float64) string { return report.Digits(ns, 4) }}
	return chart.Write(path, []string{
		headline(s),
		fmt.Sprintf("%s, %s, %s, heavy fence: %s", s.CPU, s.Go, cores(s), s.Fence),
		"logarithmic; bar: median; white: minimum" + kernel,
	}, chart.Row{bars})
}

var orange = color.RGBA{0xf0, 0x7c, 0x00, 0xff}

func readersText(n int) string {
	if n == 1 {
		return "1 reader"
	}
	return fmt.Sprintf("%d readers", n)
}

// fill returns the colour of the i-th of n numbers of readers: from light to
// dark.
func fill(i, n int) color.Color {
	share := 0.2 + 0.8*float64(i+1)/float64(n)
	shade := func(dark float64) uint8 { return uint8(255 - share*(255-dark)) }
	return color.RGBA{shade(0x08), shade(0x30), shade(0x6b), 0xff}
}

package main

import (
	"fmt"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"

	"hazptr/tools/internal/chart"
)

var blue = color.RGBA{0x2f, 0x6e, 0xb5, 0xff}

// picture draws s to path as SVG: three charts with a bar for each type.
func picture(path string, s *set) error {
	m := s.machine
	height := vg.Length(16*len(s.results)+70+36+28) * chart.Point
	return chart.Write(path, 11*72*chart.Point, height, []string{
		headline(s.config) + "; logarithmic",
		fmt.Sprintf("%s, %s, cores: %d, heavy fence: %s", m.CPU, m.Go, m.Cores, s.fence),
	},
		medians(s, "CPU per update", updateCPU, nanoseconds),
		medians(s, fmt.Sprintf("last reader left to end, p99, %d/s", s.config.Rate), paced.p99, duration),
		medians(s, "most pending, while a reader stays", pendingMost, count),
	)
}

// medians charts the medians of a figure.
func medians(s *set, title string, f *figure, print func(float64) string) *chart.Chart {
	c := &chart.Chart{Title: title, Height: float64(len(s.results)), Low: math.Inf(1)}
	for i, r := range s.results {
		found, _ := r.of(f)
		at := float64(len(s.results)-i) - 0.5
		bar := chart.Bar{Bottom: at - 0.36, Top: at + 0.36, To: found.Median(), Color: blue, Label: r.text(f, print)}
		if f == pendingMost && r.blocked == everyWriter {
			bar.To, bar.Label = 0, "blocks"
		}
		if bar.To > 0 {
			c.Low, c.High = min(c.Low, bar.To), max(c.High, bar.To)
		}
		c.Bars = append(c.Bars, bar)
		c.Names = append(c.Names, plot.Tick{Value: at, Label: r.typ.Name})
	}
	if c.High == 0 {
		c.Low, c.High = 1, 10
	}
	c.Low = math.Pow(10, math.Floor(math.Log10(c.Low))-0.5) // so that the least has a bar, too
	c.High = max(c.Low*100, c.High*20)                      // room for the labels
	c.Ticks = chart.Decades{Multiples: []float64{1}, Label: func(v float64) string {
		if int(math.Round(math.Log10(v)))%2 != 0 {
			return ""
		}
		return print(v)
	}}
	return c
}

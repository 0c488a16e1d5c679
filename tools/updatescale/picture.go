package main

import (
	"fmt"
	"image/color"
	"math"

	"hazptr/tools/internal/chart"
)

// picture draws s to path as SVG: three charts with a bar for each type.
func picture(path string, s *set) error {
	return chart.Write(path, 11*72*chart.Point, []string{
		headline(s.options) + "; logarithmic",
		fmt.Sprintf("%s, %s, cores: %d, heavy fence: %s", s.CPU, s.Go, s.Cores, s.Fence),
	},
		medians(s, "CPU per update", updateCPU, nanoseconds),
		medians(s, fmt.Sprintf("last reader left to end, p99, %d/s", s.Rate), paced.p99(), duration),
		medians(s, "most pending, while a reader stays", pendingMost, count),
	)
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
	c.Low = math.Pow(10, math.Floor(math.Log10(c.Low))-0.5) // so that the least has a bar, too
	c.High = max(c.Low*100, c.High*20)                      // room for the labels
	c.Ticks = chart.Decades(func(v float64) string {
		if int(math.Round(math.Log10(v)))%2 != 0 {
			return ""
		}
		return print(v)
	}, 1)
	return c
}

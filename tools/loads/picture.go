package main

import (
	"fmt"
	"image/color"
	"math"

	"gonum.org/v1/plot"

	"hazptr/tools/internal/chart"
	"hazptr/tools/loads/internal/summary"
)

var (
	green = color.RGBA{0x2a, 0x8f, 0x4e, 0xff}
	red   = color.RGBA{0xc0, 0x46, 0x3b, 0xff}
)

// picture draws a load's figures to path as SVG: bars that go from 1 to the
// right where a figure is better than before, and to the left where it is
// worse.
func picture(path string, s *summary.Summary) error {
	c := &chart.Chart{Title: title(s) + ": times better than before (logarithmic)", Ticks: halvings{}}
	low, high := 1.0, 1.0
	for _, f := range s.Figures {
		gain := f.Gain()
		bar := chart.Bar{From: 1, To: 1, Color: green, Label: fmt.Sprintf("%s → %s", value(f.Before, f.Unit), value(f.After, f.Unit))}
		if gain > 0 {
			bar.To, low, high = gain, min(low, gain), max(high, gain)
		}
		if gain < 1 {
			bar.Color = red
		}
		c.Groups = append(c.Groups, chart.Group{Name: f.Name, Bars: []chart.Bar{bar}})
	}
	// Room for the labels.
	c.Low, c.High = low/2, high*math.Pow(2*high/low, 0.3)*2
	return chart.Write(path, 10*72*chart.Point, nil, chart.Bars(c))
}

// halvings puts ticks at powers of two, or of ten where there are many.
type halvings struct{}

func (halvings) Ticks(low, high float64) []plot.Tick {
	base := 2.0
	if high/low > 1000 {
		base = 10
	}
	var ticks []plot.Tick
	for i := int(math.Ceil(math.Log(low) / math.Log(base))); math.Pow(base, float64(i)) <= high; i++ {
		v := math.Pow(base, float64(i))
		ticks = append(ticks, plot.Tick{Value: v, Label: fmt.Sprintf("%.3g×", v)})
	}
	return ticks
}

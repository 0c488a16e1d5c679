package chart

import (
	"image/color"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Curves are cumulative: each rises from 0 towards 1 along the axis.
type Curves struct {
	Title string
	Lines []Line

	Low, High float64     // of the axis
	Ticks     plot.Ticker // of the axis
}

// A Line is one of the Curves.
type Line struct {
	Name   string // in the legend
	Color  color.Color
	Dashed bool
	Steps  []Step
}

// A Step is where the line rises to Share.
type Step struct{ At, Share float64 }

// CurvesRow returns a Row of curves that have a legend beside them, which has
// each name once.
func CurvesRow(all ...*Curves) (r Row) {
	var names legend
	for _, c := range all {
		r = append(r, c)
		for _, l := range c.Lines {
			if !slices.ContainsFunc(names, func(other Line) bool { return other.Name == l.Name }) {
				names = append(names, l)
			}
		}
	}
	return append(r, names)
}

const curvesHeight = 230 * Point

func (c *Curves) height() vg.Length { return curvesHeight }

func (c *Curves) plot() *plot.Plot {
	p := newPlot(c.Title)
	p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, c.Ticks
	p.X.Min, p.X.Max = c.Low, c.High
	p.Y.Min, p.Y.Max = 0, 1
	p.Y.Tick.Marker = plot.ConstantTicks{{Value: 0, Label: "0%"}, {Value: 0.25, Label: "25%"}, {Value: 0.5, Label: "50%"}, {Value: 0.75, Label: "75%"}, {Value: 1, Label: "100%"}}
	p.Add(newGrid())
	for _, l := range c.Lines {
		xys := plotter.XYs{{X: c.Low, Y: 0}}
		share := 0.0
		for _, step := range l.Steps {
			share = step.Share
			xys = append(xys, plotter.XY{X: min(max(step.At, c.Low), c.High), Y: share})
		}
		p.Add(&plotter.Line{XYs: append(xys, plotter.XY{X: c.High, Y: share}), StepStyle: plotter.PostStep, LineStyle: l.style()})
	}
	return p
}

func (l Line) style() draw.LineStyle {
	s := draw.LineStyle{Color: l.Color, Width: 1.4}
	if l.Dashed {
		s.Dashes = []vg.Length{4, 2}
	}
	return s
}

// Thumbnail draws a piece of the line.
func (l Line) Thumbnail(c *draw.Canvas) {
	c.StrokeLine2(l.style(), c.Min.X, c.Center().Y, c.Max.X, c.Center().Y)
}

// A legend is a panel with the names of lines.
type legend []Line

func (legend) height() vg.Length { return curvesHeight }

func (names legend) plot() *plot.Plot {
	p := newPlot("")
	p.HideAxes()
	p.Legend.Top, p.Legend.Left, p.Legend.Padding, p.Legend.TextStyle.Font.Size = true, true, 4, 8
	for _, l := range names {
		p.Legend.Add(l.Name, l)
	}
	return p
}

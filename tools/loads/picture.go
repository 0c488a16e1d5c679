package main

import (
	"fmt"
	"image/color"
	"math"
	"os"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"

	"hazptr/tools/loads/internal/summary"
)

const (
	width     = 10 * vg.Inch
	barHeight = 18 * vg.Inch / 72
	margin    = 60 * vg.Inch / 72 // title and axis
	edge      = 10 * vg.Inch / 72 // of the paper, left empty
)

var (
	green = color.RGBA{0x2a, 0x8f, 0x4e, 0xff}
	red   = color.RGBA{0xc0, 0x46, 0x3b, 0xff}
)

// picture draws a load's figures to path as SVG: bars that go from 1 to the
// right where a figure is better than before, and to the left where it is
// worse.
func picture(path string, s *summary.Summary) error {
	paper := vgsvg.New(width, barHeight*vg.Length(len(s.Figures))+margin+2*edge)
	all := draw.New(paper)
	all.SetColor(color.White)
	all.Fill(all.Rectangle.Path())
	gainPlot(s).Draw(draw.Crop(all, edge, -edge, edge, -edge))
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := paper.WriteTo(f); err != nil {
		return err
	}
	return f.Close()
}

func gainPlot(s *summary.Summary) *plot.Plot {
	p := plot.New()
	for _, style := range []*draw.TextStyle{&p.X.Tick.Label, &p.Y.Tick.Label, &p.Title.TextStyle} {
		style.Font = font.Font{Typeface: "Liberation", Variant: "Sans", Size: 9}
	}
	p.Title.TextStyle.Font.Size, p.Title.Padding = 10, 6
	p.Title.Text = title(s) + ": times better than before (logarithmic)"
	gains := &gainBars{low: 1, high: 1}
	var names []plot.Tick
	for i, f := range s.Figures {
		at := float64(len(s.Figures)-i) - 0.5
		gain := f.Gain()
		gains.all = append(gains.all, gainBar{at, gain, fmt.Sprintf("%s → %s", value(f.Before, f.Unit), value(f.After, f.Unit))})
		if gain > 0 {
			gains.low, gains.high = min(gains.low, gain), max(gains.high, gain)
		}
		names = append(names, plot.Tick{Value: at, Label: f.Name})
	}
	p.X.Scale = plot.LogScale{}
	p.X.Min, p.X.Max = gains.low/2, gains.high*math.Pow(2*gains.high/gains.low, 0.3)*2 // room for the labels
	p.X.Tick.Marker = halvings{}
	p.Y.Min, p.Y.Max = 0, float64(max(1, len(s.Figures)))
	p.Y.Tick.Marker = plot.ConstantTicks(names)
	p.Y.Tick.LineStyle.Width, p.Y.LineStyle.Width = 0, 0
	grid := plotter.NewGrid()
	grid.Horizontal.Width = 0
	grid.Vertical.Color = color.Gray{0xcc}
	p.Add(grid, gains)
	return p
}

// gainBars draws the bars and their labels.
type gainBars struct {
	all       []gainBar
	low, high float64
}

type gainBar struct {
	at, gain float64
	label    string
}

func (b *gainBars) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	label := text.Style{Font: p.X.Tick.Label.Font, XAlign: text.XLeft, YAlign: text.YCenter, Handler: p.X.Tick.Label.Handler, Color: color.Gray{0x33}}
	label.Font.Size = 8
	for _, bar := range b.all {
		bottom, top, one := y(bar.at-0.36), y(bar.at+0.36), x(1)
		end, paint := one, green
		if bar.gain > 0 {
			end = x(bar.gain)
		}
		if bar.gain < 1 {
			paint = red
		}
		c.FillPolygon(paint, []vg.Point{{X: one, Y: bottom}, {X: end, Y: bottom}, {X: end, Y: top}, {X: one, Y: top}})
		c.FillText(label, vg.Point{X: max(one, end) + 4, Y: (bottom + top) / 2}, bar.label)
	}
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

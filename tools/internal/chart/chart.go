// Package chart draws figures as horizontal bars on a logarithmic axis, as SVG.
package chart

import (
	"bufio"
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
)

// A Chart is bars, one below the other.
type Chart struct {
	Title  string
	Bars   []Bar
	Names  []plot.Tick // of the bars, at their heights
	Legend []Swatch

	Low, High float64     // of the axis
	Height    float64     // of all bars, in the units of Bottom and Top
	Ticks     plot.Ticker // of the axis
}

// A Bar goes from one figure to another, between two heights.
type Bar struct {
	Bottom, Top float64
	From, To    float64
	Mark        float64 // where the bar has a white line, or 0
	Color       color.Color
	Label       string // behind it
}

// A Swatch is a colour in the legend.
type Swatch struct {
	Name  string
	Color color.Color
}

// Thumbnail draws the colour.
func (s Swatch) Thumbnail(c *draw.Canvas) {
	c.FillPolygon(s.Color, []vg.Point{{X: c.Min.X, Y: c.Min.Y}, {X: c.Max.X, Y: c.Min.Y}, {X: c.Max.X, Y: c.Max.Y}, {X: c.Min.X, Y: c.Max.Y}})
}

// Lengths on paper.
const (
	Point   = vg.Inch / 72
	edge    = 14 * Point // left empty
	line    = 13 * Point // of the heading
	between = 12 * Point // two charts
)

// Write draws charts beside each other, with lines of a heading above them, to
// an SVG file.
func Write(path string, width, height vg.Length, heading []string, charts ...*Chart) error {
	paper := vgsvg.New(width, height)
	all := draw.New(paper)
	all.SetColor(color.White)
	all.Fill(all.Rectangle.Path())
	var plots []*plot.Plot
	for _, c := range charts {
		plots = append(plots, c.plot())
	}
	style := plots[0].Title.TextStyle
	style.XAlign, style.YAlign = text.XLeft, text.YTop
	for i, words := range heading {
		all.FillText(style, vg.Point{X: all.Min.X + edge, Y: all.Max.Y - edge - line*vg.Length(i)}, words)
	}
	tiles := draw.Tiles{Rows: 1, Cols: len(plots), PadX: between}
	part := draw.Crop(all, edge, -edge, edge, -edge-line*vg.Length(len(heading))-between/2)
	for i, canvas := range plot.Align([][]*plot.Plot{plots}, tiles, part)[0] {
		plots[i].Draw(canvas)
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	out := bufio.NewWriter(f)
	if _, err := paper.WriteTo(out); err != nil {
		return err
	}
	if err := out.Flush(); err != nil {
		return err
	}
	return f.Close()
}

func (c *Chart) plot() *plot.Plot {
	p := plot.New()
	for _, style := range []*draw.TextStyle{&p.X.Tick.Label, &p.Y.Tick.Label, &p.Legend.TextStyle, &p.Title.TextStyle} {
		style.Font = font.Font{Typeface: "Liberation", Variant: "Sans", Size: 9}
	}
	p.Title.TextStyle.Font.Size, p.Title.Padding = 10, 6
	p.Title.Text = c.Title
	p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, c.Ticks
	p.X.Min, p.X.Max = c.Low, c.High
	p.Y.Min, p.Y.Max = 0, max(1, c.Height)
	p.Y.Tick.Marker = plot.ConstantTicks(c.Names)
	p.Y.Tick.LineStyle.Width, p.Y.LineStyle.Width = 0, 0
	grid := plotter.NewGrid()
	grid.Horizontal.Width = 0
	grid.Vertical.Color = color.Gray{0xcc}
	p.Add(grid, c)
	p.Legend.Top, p.Legend.Padding, p.Legend.TextStyle.Font.Size = true, 6, 8
	for _, s := range c.Legend {
		p.Legend.Add(s.Name, s)
	}
	return p
}

// Plot draws the bars and their labels.
func (c *Chart) Plot(canvas draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&canvas)
	label := text.Style{Font: p.X.Tick.Label.Font, XAlign: text.XLeft, YAlign: text.YCenter, Handler: p.X.Tick.Label.Handler, Color: color.Gray{0x33}}
	label.Font.Size = 8
	for _, b := range c.Bars {
		bottom, top := y(b.Bottom), y(b.Top)
		from, to := x(max(b.From, c.Low)), x(max(b.To, c.Low))
		canvas.FillPolygon(b.Color, []vg.Point{{X: from, Y: bottom}, {X: to, Y: bottom}, {X: to, Y: top}, {X: from, Y: top}})
		if b.Mark > 0 {
			mark := x(max(b.Mark, c.Low))
			canvas.StrokeLine2(draw.LineStyle{Color: color.White, Width: 1}, mark, bottom, mark, top)
		}
		canvas.FillText(label, vg.Point{X: max(from, to) + 3, Y: (bottom + top) / 2}, b.Label)
	}
}

// Decades puts ticks at powers of ten, and at these multiples of them. Label
// writes what stands there, "" for nothing.
type Decades struct {
	Multiples []float64
	Label     func(v float64) string
}

// Ticks returns the ticks of an axis.
func (d Decades) Ticks(low, high float64) (ticks []plot.Tick) {
	for decade := math.Pow(10, math.Floor(math.Log10(low))); decade <= high; decade *= 10 {
		for _, m := range d.Multiples {
			if v := decade * m; v >= low && v <= high {
				ticks = append(ticks, plot.Tick{Value: v, Label: d.Label(v)})
			}
		}
	}
	return ticks
}

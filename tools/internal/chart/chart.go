// Package chart draws figures on a logarithmic axis, as SVG: as horizontal
// bars, or as cumulative curves.
package chart

import (
	"bytes"
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

// A Chart is groups of bars, one below the other.
type Chart struct {
	Title  string
	Groups []Group
	Legend []Swatch

	Low, High float64     // of the axis
	Ticks     plot.Ticker // of the axis
}

// A Group is bars that share a name.
type Group struct {
	Name string
	Bars []Bar
}

// A Bar goes from one figure to another.
type Bar struct {
	From, To float64
	Mark     float64 // where the bar has a white line, or 0
	Color    color.Color
	Label    string // behind it
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
	others  = 47 * Point // a title and the figures of an axis

	barHeight = 11.0 // in points, as gap
	gap       = 6.0  // between two groups
)

// A Row is panels beside each other.
type Row []panel

// A panel is a Chart, or Curves.
type panel interface {
	plot() *plot.Plot
	height() vg.Length // without its title and the figures of the axis
}

// Bars returns a Row of charts.
func Bars(charts ...*Chart) (r Row) {
	for _, c := range charts {
		r = append(r, c)
	}
	return r
}

// height returns that of the Row, with all that is in it.
func (r Row) height() (most vg.Length) {
	for _, p := range r {
		most = max(most, p.height()+others)
	}
	return most
}

// Write draws rows below each other, with lines of a heading above them, to an
// SVG file.
func Write(path string, width vg.Length, heading []string, rows ...Row) error {
	above := edge + line*vg.Length(len(heading)) + between/2
	height := above + edge
	for i, r := range rows {
		if i > 0 {
			height += between
		}
		height += r.height()
	}
	paper := vgsvg.New(width, height)
	all := draw.New(paper)
	all.SetColor(color.White)
	all.Fill(all.Rectangle.Path())
	style := newPlot("").Title.TextStyle
	style.XAlign, style.YAlign = text.XLeft, text.YTop
	for i, words := range heading {
		all.FillText(style, vg.Point{X: all.Min.X + edge, Y: all.Max.Y - edge - line*vg.Length(i)}, words)
	}
	for _, r := range rows {
		var plots []*plot.Plot
		for _, p := range r {
			plots = append(plots, p.plot())
		}
		tiles := draw.Tiles{Rows: 1, Cols: len(plots), PadX: between}
		part := draw.Crop(all, edge, -edge, height-above-r.height(), -above)
		for i, canvas := range plot.Align([][]*plot.Plot{plots}, tiles, part)[0] {
			plots[i].Draw(canvas)
		}
		above += r.height() + between
	}
	var svg bytes.Buffer
	if _, err := paper.WriteTo(&svg); err != nil {
		return err
	}
	// Fonts of the same widths, for where the first one is not.
	const family = "font-family:Liberation Sans"
	return os.WriteFile(path, bytes.ReplaceAll(svg.Bytes(), []byte(family), []byte(family+",Arial,Helvetica,sans-serif")), 0o666)
}

// newPlot returns an empty plot in our type.
func newPlot(title string) *plot.Plot {
	p := plot.New()
	for _, style := range []*draw.TextStyle{&p.X.Tick.Label, &p.Y.Tick.Label, &p.Legend.TextStyle, &p.Title.TextStyle} {
		style.Font = font.Font{Typeface: "Liberation", Variant: "Sans", Size: 9}
	}
	p.Title.TextStyle.Font.Size, p.Title.Padding = 10, 6
	p.Title.Text = title
	return p
}

// newGrid returns grey lines at the ticks of both axes.
func newGrid() *plotter.Grid {
	grid := plotter.NewGrid()
	grid.Horizontal.Color, grid.Vertical.Color = color.Gray{0xcc}, color.Gray{0xcc}
	return grid
}

func (c *Chart) height() (h vg.Length) {
	for _, g := range c.Groups {
		h += gap + barHeight*vg.Length(len(g.Bars))
	}
	return max(1, h) * Point
}

func (c *Chart) plot() *plot.Plot {
	p := newPlot(c.Title)
	p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, c.Ticks
	p.X.Min, p.X.Max = c.Low, c.High
	var names plot.ConstantTicks
	var placed bars
	top := 0.0
	for _, g := range c.Groups {
		top -= gap / 2
		names = append(names, plot.Tick{Value: top - barHeight*float64(len(g.Bars))/2, Label: g.Name})
		for _, b := range g.Bars {
			placed = append(placed, bar{b, top})
			top -= barHeight
		}
		top -= gap / 2
	}
	p.Y.Min, p.Y.Max, p.Y.Padding = min(-1, top), 0, 8
	p.Y.Tick.Marker = names
	p.Y.Tick.LineStyle.Width, p.Y.LineStyle.Width = 0, 0
	grid := newGrid()
	grid.Horizontal.Width = 0
	p.Add(grid, placed)
	p.Legend.Top, p.Legend.Padding, p.Legend.TextStyle.Font.Size = true, 6, 8
	for _, s := range c.Legend {
		p.Legend.Add(s.Name, s)
	}
	return p
}

// A bar has a place below the upper edge of its plot.
type bar struct {
	Bar
	top float64
}

type bars []bar

// Plot draws the bars and their labels.
func (bs bars) Plot(canvas draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&canvas)
	label := text.Style{Font: p.X.Tick.Label.Font, XAlign: text.XLeft, YAlign: text.YCenter, Handler: p.X.Tick.Label.Handler, Color: color.Gray{0x33}}
	label.Font.Size = 8
	for _, b := range bs {
		bottom, top := y(b.top-0.92*barHeight), y(b.top)
		from, to := x(max(b.From, p.X.Min)), x(max(b.To, p.X.Min))
		canvas.FillPolygon(b.Color, []vg.Point{{X: from, Y: bottom}, {X: to, Y: bottom}, {X: to, Y: top}, {X: from, Y: top}})
		if b.Mark > 0 {
			mark := x(max(b.Mark, p.X.Min))
			canvas.StrokeLine2(draw.LineStyle{Color: color.White, Width: 1}, mark, bottom, mark, top)
		}
		canvas.FillText(label, vg.Point{X: max(from, to) + 3, Y: (bottom + top) / 2}, b.Label)
	}
}

// Decades returns what puts ticks at powers of ten times each of multiples.
// label writes what stands there, "" for nothing.
func Decades(label func(v float64) string, multiples ...float64) plot.Ticker {
	return plot.TickerFunc(func(low, high float64) (ticks []plot.Tick) {
		for decade := math.Pow(10, math.Floor(math.Log10(low))); decade <= high; decade *= 10 {
			for _, m := range multiples {
				if v := decade * m; v >= low && v <= high {
					ticks = append(ticks, plot.Tick{Value: v, Label: label(v)})
				}
			}
		}
		return ticks
	})
}

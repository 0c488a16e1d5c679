package chart

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Bars is a Panel of groups of horizontal bars, one below the other.
type Bars struct {
	Title  string
	X      Axis // which is logarithmic
	Groups []Group
}

// A Group is bars that share a name.
type Group struct {
	Name string
	Bars []Bar
}

// A Bar begins at the left.
type Bar struct {
	To    float64
	Color color.Color
	Label string // behind it
	Marks []Mark
}

// A Mark is a line across a bar, at another figure.
type Mark struct {
	At    float64
	Color color.Color
}

const (
	barHeight = 11.0
	gap       = 6.0 // between two groups
	labelAway = 3.0 // from its bar
)

func (b *Bars) height() vg.Length {
	h := 0.0
	for _, g := range b.Groups {
		h += gap + barHeight*float64(len(g.Bars))
	}
	return vg.Length(ofAxis + max(1, h))
}

func (b *Bars) draw(c draw.Canvas) {
	var names plot.ConstantTicks
	var placed bars
	top := 0.0
	for _, g := range b.Groups {
		top -= gap / 2
		names = append(names, plot.Tick{Value: top - barHeight*float64(len(g.Bars))/2, Label: g.Name})
		for _, bar := range g.Bars {
			placed = append(placed, placedBar{bar, top})
			top -= barHeight
		}
		top -= gap / 2
	}
	p := newPlot(b.Title)
	grid := newGrid()
	grid.Horizontal.Width = 0
	p.Add(grid, placed)
	p.Y.Min, p.Y.Max, p.Y.Padding = min(-1, top), 0, 6
	p.Y.Tick.Marker = names
	p.Y.Tick.LineStyle.Width, p.Y.LineStyle.Width = 0, 0
	b.X.setX(p, c)
	p.Draw(c)
}

// A placedBar has a place below the upper edge of its plot.
type placedBar struct {
	Bar
	top float64
}

type bars []placedBar

// GlyphBoxes says that labels need room behind their bars, or behind a mark
// that stands there.
func (bs bars) GlyphBoxes(p *plot.Plot) (boxes []plot.GlyphBox) {
	style := newText(small)
	for _, b := range bs {
		box := vg.Rectangle{Max: vg.Point{X: labelAway + style.Width(b.Label), Y: 1}}
		for _, at := range append([]Mark{{At: b.To}}, b.Marks...) {
			boxes = append(boxes, plot.GlyphBox{X: min(1, p.X.Norm(max(at.At, p.X.Min))), Y: 0.5, Rectangle: box})
		}
	}
	return boxes
}

// Plot draws the bars and their labels.
func (bs bars) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	at := func(v float64) vg.Length { return x(min(max(v, p.X.Min), p.X.Max)) }
	style := newText(small)
	for _, b := range bs {
		bottom, top := y(b.top-0.92*barHeight), y(b.top)
		c.FillPolygon(b.Color, rectangle(c.Min.X, bottom, at(b.To), top))
		label := at(b.To) + labelAway
		for _, m := range b.Marks {
			c.StrokeLine2(draw.LineStyle{Color: m.Color, Width: 1.4}, at(m.At), bottom, at(m.At), top)
			if mark := at(m.At); label-labelAway <= mark && mark <= label+style.Width(b.Label)+labelAway {
				label = mark + labelAway
			}
		}
		c.FillText(style, vg.Point{X: label, Y: (bottom + top) / 2}, b.Label)
	}
}

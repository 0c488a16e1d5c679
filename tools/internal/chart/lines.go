package chart

import (
	"cmp"
	"image/color"
	"iter"
	"slices"
	"time"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Lines is a Panel of figures along an axis, with the name of each line beside
// it.
type Lines struct {
	Title string
	X, Y  Axis
	Lines []Line
}

// A Line goes through points from the left to the right. What lies beyond an
// axis is drawn at its end.
type Line struct {
	Name   string
	Color  color.Color
	Dashed bool
	Points plotter.XYs
}

// Rise returns the points of a line that rises in steps, along the whole axis:
// at each time to a share. Steps that are too low to be seen become one.
func Rise(x Axis, shares iter.Seq2[time.Duration, float64]) plotter.XYs {
	const seen = 0.002
	points, before, last := plotter.XYs{{X: x.Low}}, 0.0, plotter.XY{}
	for at, share := range shares {
		if last = (plotter.XY{X: float64(at), Y: share}); share-before >= seen {
			points = append(points, plotter.XY{X: last.X, Y: before}, last)
			before = share
		}
	}
	return append(points, plotter.XY{X: max(last.X, x.Low), Y: before}, last, plotter.XY{X: x.High, Y: last.Y})
}

const (
	linesHeight = 130 // of the Panel, at least
	ofAxis      = 47  // of that, for a title and the figures of the axis
	nameHeight  = 9.5
	leader      = 14 // from the end of a line to its name
)

func (l *Lines) height() vg.Length {
	return max(linesHeight, ofAxis+nameHeight*vg.Length(len(l.Lines)))
}

func (l *Lines) draw(c draw.Canvas) {
	p := newPlot(l.Title)
	p.Add(newGrid())
	var named names
	for _, line := range l.Lines {
		if len(line.Points) == 0 {
			continue
		}
		line.Points = slices.Clone(line.Points)
		for i, at := range line.Points {
			line.Points[i] = plotter.XY{X: min(max(at.X, l.X.Low), l.X.High), Y: min(max(at.Y, l.Y.Low), l.Y.High)}
		}
		p.Add(&plotter.Line{XYs: line.Points, LineStyle: line.style()})
		named = append(named, line)
	}
	p.Add(named)
	l.Y.setY(p, c)
	l.X.setX(p, c)
	p.Draw(c)
}

func (l *Line) style() draw.LineStyle {
	s := draw.LineStyle{Color: l.Color, Width: 1.4}
	if l.Dashed {
		s.Dashes = []vg.Length{4, 2}
	}
	return s
}

// names are lines whose names are drawn, each with points.
type names []Line

// GlyphBoxes says that names need room to the right.
func (n names) GlyphBoxes(*plot.Plot) (boxes []plot.GlyphBox) {
	style := newText(small)
	for _, l := range n {
		boxes = append(boxes, plot.GlyphBox{X: 1, Y: 0.5, Rectangle: vg.Rectangle{Max: vg.Point{X: leader + 2 + style.Width(l.Name), Y: 1}}})
	}
	return boxes
}

// A name is where the name of a line stands, and where on the line it points
// to.
type name struct {
	*Line
	path   []vg.Point
	height vg.Length
}

// Plot draws the names, in the order of the lines' ends from above. Of lines
// that end together the one comes first that was there first. Each points to
// where its line has the name's height, or else to the line's end.
func (n names) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	var all []*name
	for i := range n {
		one := &name{Line: &n[i]}
		for _, at := range one.Points {
			one.path = append(one.path, vg.Point{X: x(at.X), Y: y(at.Y)})
		}
		all = append(all, one)
	}
	slices.SortStableFunc(all, func(a, b *name) int {
		end, other := a.end().Y, b.end().Y
		half := (end + c.Min.Y) / 2
		return cmp.Or(cmp.Compare(other, end), cmp.Compare(a.at(half).X, b.at(half).X))
	})
	place(all, c.Min.Y, c.Max.Y)
	style := newText(small)
	for _, one := range all {
		from, to := one.at(one.height), vg.Point{X: c.Max.X + leader, Y: one.height}
		thin := draw.LineStyle{Color: one.Color, Width: 0.25}
		if from == one.end() {
			c.StrokeLine2(thin, from.X, from.Y, to.X, to.Y)
		} else {
			c.StrokeLine2(thin, from.X, to.Y, to.X, to.Y)
			c.FillPolygon(one.Color, rectangle(from.X-1.6, from.Y-1.6, from.X+1.6, from.Y+1.6))
		}
		style.Color = one.Color
		c.FillText(style, vg.Point{X: to.X + 2, Y: to.Y}, one.Name)
	}
}

func (n *name) end() vg.Point { return n.path[len(n.path)-1] }

// at returns the last point where the line has a height, or else its end.
func (n *name) at(height vg.Length) vg.Point {
	for i := len(n.path) - 1; i > 0; i-- {
		a, b := n.path[i-1], n.path[i]
		if a.Y != b.Y && min(a.Y, b.Y) <= height && height <= max(a.Y, b.Y) {
			return vg.Point{X: a.X + (b.X-a.X)*(height-a.Y)/(b.Y-a.Y), Y: height}
		}
	}
	return n.end()
}

// place sets the names' heights: those of their lines' ends, but apart, and
// between low and high as long as there is room.
func place(all []*name, low, high vg.Length) {
	for _, n := range all {
		n.height = min(n.end().Y, high)
		high = n.height - nameHeight
	}
	for _, n := range slices.Backward(all) {
		n.height = max(n.height, low)
		low = n.height + nameHeight
	}
}

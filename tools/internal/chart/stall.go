package chart

import (
	"fmt"
	"image/color"
	"slices"
	"strconv"
	"time"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"hazptr/tools/internal/latency"
)

// A Stall is a picture of how long reads took while a program ran: a strip for
// each side, one above the other on the same scale. A read that was held up is
// a block, as wide and as high as it took. Beside the strips are cumulative
// curves, of the time that was spent in reads. A load fills it in so:
//
//	stall := &chart.Stall{
//		Heading: []string{"etcd, one Defragment beside a snapshot of 5 s"},
//		Reads:   "Gets",
//		Sides: []chart.Side{
//			{Name: "as it is", Times: before, All: allBefore},
//			{Name: "hazptr", Times: after, All: allAfter},
//		},
//	}
type Stall struct {
	Heading []string `json:"heading"` // what ran, and where
	Reads   string   `json:"reads"`   // what they are called
	// The first is as it was, the last as it is in the end.
	Sides []Side `json:"sides"`
}

// A Side is the reads of one program, or of one way. Each is recorded in both.
type Side struct {
	Name  string             `json:"name"`
	Times *latency.Timeline  `json:"times"` // of one round
	All   *latency.Histogram `json:"all"`   // of all rounds
}

const (
	stripHeight = 96
	wide        = 2 // points from which on a read is a block
)

// Write draws the picture to an SVG file.
func (s *Stall) Write(path string) error {
	key := fmt.Sprintf("A block is one of the %s, as wide and as high as it took; a dot is the slowest of a moment. Latencies are logarithmic.", s.Reads)
	return Write(path, append(slices.Clone(s.Heading), key), Row{s})
}

func (s *Stall) height() vg.Length { return stripHeight * vg.Length(len(s.Sides)) }

// draw draws the strips on the left, and the curves on the right.
func (s *Stall) draw(c draw.Canvas) {
	const share = 0.64 // of the width, for the strips
	part := share * c.Size().X
	tiles := draw.Tiles{Rows: len(s.Sides), Cols: 1, PadY: between / 2}
	over, took := s.axes()
	for i, side := range s.Sides {
		p := newPlot(fmt.Sprintf("%s: %s %s, worst %s", side.Name, thousands(side.All.Count()), s.Reads, latency.Text(side.All.Worst())))
		tile := tiles.At(draw.Crop(c, 0, part-c.Size().X-between, 0, 0), 0, i)
		p.Add(newGrid(), strip{side.Times, sideHue(i, len(s.Sides))})
		took.setY(p, tile)
		over.setX(p, tile)
		p.Draw(tile)
	}
	s.curves(took).draw(draw.Crop(c, part, 0, 0, 0))
}

// axes returns the axes of all strips.
func (s *Stall) axes() (over, took Axis) {
	least, most, last := time.Second, time.Microsecond, time.Millisecond
	for _, side := range s.Sides {
		for ended, longest := range side.Times.All() {
			last, most = max(last, ended), max(most, longest)
		}
		least, most = min(least, side.All.Quantile(0.5)), max(most, side.All.Worst())
	}
	over = Axis{High: float64(last), Text: Time}
	low, high := Decades(float64(max(1, least)), float64(most))
	return over, Times(time.Duration(low), time.Duration(high))
}

// curves returns, for each side, the share of the time of all reads that went
// by in reads of at most so long. The share of the reads would show nothing:
// for a second in which one waits others would have been a million.
func (s *Stall) curves(took Axis) *Lines {
	l := &Lines{Title: "time spent in " + s.Reads + " of at most", X: took, Y: Share()}
	for i, side := range s.Sides {
		l.Lines = append(l.Lines, Line{Name: side.Name, Color: sideHue(i, len(s.Sides)), Points: Rise(took, side.All.Spent())})
	}
	return l
}

// strip is the reads of a Side.
type strip struct {
	times *latency.Timeline
	hue   color.RGBA
}

// Plot draws wide reads as blocks, and of the others the worst of each column.
func (s strip) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	style := newText(small)
	style.XAlign, style.Color = draw.XCenter, s.hue
	var marks vg.Path
	column, worst, named := vg.Length(-1), time.Duration(0), c.Min.X
	mark := func() {
		if worst > 0 {
			marks = append(marks, path(rectangle(column, y(float64(worst))-0.7, column+1, y(float64(worst))+0.7))...)
		}
	}
	for ended, took := range s.times.All() {
		left, right, top := x(max(0, float64(ended-took))), x(float64(ended)), y(float64(took))
		switch {
		case right-left >= wide:
			c.FillPolygon(pale(s.hue), rectangle(left, c.Min.Y, right, top))
			c.FillPolygon(s.hue, rectangle(left, top-1, right, top))
			if words := latency.Text(took); style.Width(words) < right-max(left, named) {
				c.FillText(style, vg.Point{X: (max(left, named) + right) / 2, Y: (c.Min.Y + top) / 2}, words)
				named = right
			}
		case vg.Length(int(right)) == column:
			worst = max(worst, took)
		default:
			mark()
			column, worst = vg.Length(int(right)), took
		}
	}
	mark()
	c.SetColor(s.hue)
	c.Fill(marks)
}

// thousands writes n with commas.
func thousands(n int64) string {
	digits := strconv.FormatInt(n, 10)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

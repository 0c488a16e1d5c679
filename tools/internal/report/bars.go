package report

import (
	"fmt"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"hazptr/tools/internal/result"
)

// bars draws the bars and their figures. Y is a length on paper, counted from below.
type bars struct {
	set       *result.Set
	readers   []int // in the order of the legend
	types     []plot.Tick
	top       []vg.Length // of each result's bar
	height    vg.Length
	low, high float64
}

func newBars(s *result.Set) *bars {
	b := &bars{set: s, low: math.Inf(1)}
	down := gap / 2
	var first vg.Length // of the present type
	for i := range s.Results {
		r := &s.Results[i]
		if !slices.Contains(b.readers, r.Readers) {
			b.readers = append(b.readers, r.Readers)
		}
		if i > 0 && s.Results[i-1].Type != r.Type {
			down += gap
		}
		if i == 0 || s.Results[i-1].Type != r.Type {
			first = down
		}
		b.top = append(b.top, down)
		down += barHeight
		if i+1 == len(s.Results) || s.Results[i+1].Type != r.Type {
			b.types = append(b.types, plot.Tick{Value: float64(first+down) / 2, Label: r.Type})
		}
		b.low, b.high = min(b.low, r.Minimum()), max(b.high, r.Median())
	}
	b.height = down + gap/2
	for i := range b.types {
		b.types[i].Value = float64(b.height) - b.types[i].Value
	}
	b.low = math.Pow(10, math.Floor(math.Log10(max(b.low, 1e-3))))
	b.high = max(b.low*10, b.high*2.5) // room for the figure and the legend
	return b
}

func (b *bars) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	label := text.Style{Font: p.X.Tick.Label.Font, XAlign: text.XLeft, YAlign: text.YCenter, Handler: p.X.Tick.Label.Handler, Color: color.Gray{0x33}}
	label.Font.Size = 8
	for i := range b.set.Results {
		r := &b.set.Results[i]
		bottom, top := y(float64(b.height-b.top[i]-barHeight*0.92)), y(float64(b.height-b.top[i]))
		end := x(max(r.Median(), b.low))
		c.FillPolygon(fill(slices.Index(b.readers, r.Readers), len(b.readers)), []vg.Point{{X: x(b.low), Y: bottom}, {X: end, Y: bottom}, {X: end, Y: top}, {X: x(b.low), Y: top}})
		least := x(max(r.Minimum(), b.low))
		c.StrokeLine2(draw.LineStyle{Color: color.White, Width: 1}, least, bottom, least, top)
		c.FillText(label, vg.Point{X: end + 3, Y: (bottom + top) / 2}, nanoseconds(r.Median()))
	}
}

// swatch is the picture of one number of readers in the legend.
type swatch struct{ fill color.Color }

func (s swatch) Thumbnail(c *draw.Canvas) {
	c.FillPolygon(s.fill, []vg.Point{{X: c.Min.X, Y: c.Min.Y}, {X: c.Max.X, Y: c.Min.Y}, {X: c.Max.X, Y: c.Max.Y}, {X: c.Min.X, Y: c.Max.Y}})
}

// decades puts a figure at 1, 2 and 5 of each decade.
type decades struct{}

func (decades) Ticks(low, high float64) []plot.Tick {
	var ticks []plot.Tick
	for decade := math.Pow(10, math.Floor(math.Log10(low))); decade <= high; decade *= 10 {
		for _, digit := range []float64{1, 2, 5} {
			if v := decade * digit; v >= low && v <= high {
				ticks = append(ticks, plot.Tick{Value: v, Label: fmt.Sprintf("%.4g", v)})
			}
		}
	}
	return ticks
}

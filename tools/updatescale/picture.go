package main

import (
	"bufio"
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
)

// picture draws s to path as SVG: three panels with a bar for each type.
func picture(path string, s *set) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	out := bufio.NewWriter(f)
	if _, err := canvas(s).WriteTo(out); err != nil {
		return err
	}
	if err := out.Flush(); err != nil {
		return err
	}
	return f.Close()
}

const (
	width      = 11 * vg.Inch
	barHeight  = 16 * vg.Inch / 72
	edge       = 14 * vg.Inch / 72 // of the paper, left empty
	titles     = 36 * vg.Inch / 72
	margin     = 70 * vg.Inch / 72 // of a panel: its title and axis
	panelSpace = 12 * vg.Inch / 72
)

var blue = color.RGBA{0x2f, 0x6e, 0xb5, 0xff}

func canvas(s *set) *vgsvg.Canvas {
	c := s.config
	height := barHeight*vg.Length(len(s.results)) + margin + titles + 2*edge
	panels := []*plot.Plot{
		panel(s, "CPU per update", updateCPU, nanoseconds),
		panel(s, fmt.Sprintf("last reader left to end, p99, %d/s", c.Rate), paced.p99, duration),
		panel(s, "most pending, while a reader stays", pendingMost, count),
	}
	paper := vgsvg.New(width, height)
	all := draw.New(paper)
	all.SetColor(color.White)
	all.Fill(all.Rectangle.Path())
	m := s.machine
	style := panels[0].Title.TextStyle
	style.XAlign, style.YAlign = text.XLeft, text.YTop
	all.FillText(style, vg.Point{X: all.Min.X + edge, Y: all.Max.Y - edge}, fmt.Sprintf("%s; logarithmic\n%s, %s, cores: %d, heavy fence: %s",
		headline(c), m.CPU, m.Go, m.Cores, s.fence))
	tiles := draw.Tiles{Rows: 1, Cols: len(panels), PadX: panelSpace}
	for i, part := range plot.Align([][]*plot.Plot{panels}, tiles, draw.Crop(all, edge, -edge, edge, -edge-titles))[0] {
		panels[i].Draw(part)
	}
	return paper
}

// panel draws the medians of a figure.
func panel(s *set, title string, f *figure, print func(float64) string) *plot.Plot {
	p := plot.New()
	for _, style := range []*draw.TextStyle{&p.X.Tick.Label, &p.Y.Tick.Label, &p.Title.TextStyle} {
		style.Font = font.Font{Typeface: "Liberation", Variant: "Sans", Size: 9}
	}
	p.Title.TextStyle.Font.Size = 10
	p.Title.Text, p.Title.Padding = title, 6
	b := &bars{low: math.Inf(1)}
	var names []plot.Tick
	for i, r := range s.results {
		found, _ := r.of(f)
		at := float64(len(s.results)-i) - 0.5
		bar := bar{at: at, length: found.Median(), label: r.text(f, print)}
		if f == pendingMost && r.blocked == everyWriter {
			bar.length, bar.label = 0, "blocks"
		}
		if bar.length > 0 {
			b.low, b.high = min(b.low, bar.length), max(b.high, bar.length)
		}
		b.all = append(b.all, bar)
		names = append(names, plot.Tick{Value: at, Label: r.typ.Name})
	}
	if b.high == 0 {
		b.low, b.high = 1, 10
	}
	b.low = math.Pow(10, math.Floor(math.Log10(b.low))-0.5) // so that the least has a bar, too
	p.X.Scale = plot.LogScale{}
	p.X.Min, p.X.Max = b.low, max(b.low*100, b.high*20) // room for the labels
	p.X.Tick.Marker = decades{print}
	p.Y.Min, p.Y.Max = 0, float64(len(s.results))
	p.Y.Tick.Marker = plot.ConstantTicks(names)
	p.Y.Tick.LineStyle.Width, p.Y.LineStyle.Width = 0, 0
	grid := plotter.NewGrid()
	grid.Horizontal.Width = 0
	grid.Vertical.Color = color.Gray{0xcc}
	p.Add(grid, b)
	return p
}

// bars draws the bars of a panel and their labels.
type bars struct {
	all       []bar
	low, high float64
}

type bar struct {
	at, length float64
	label      string
}

func (b *bars) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	label := text.Style{Font: p.X.Tick.Label.Font, XAlign: text.XLeft, YAlign: text.YCenter, Handler: p.X.Tick.Label.Handler, Color: color.Gray{0x33}}
	label.Font.Size = 8
	for _, bar := range b.all {
		bottom, top, end := y(bar.at-0.36), y(bar.at+0.36), x(max(bar.length, b.low))
		c.FillPolygon(blue, []vg.Point{{X: x(b.low), Y: bottom}, {X: end, Y: bottom}, {X: end, Y: top}, {X: x(b.low), Y: top}})
		c.FillText(label, vg.Point{X: end + 3, Y: (bottom + top) / 2}, bar.label)
	}
}

// decades puts a figure at the beginning of every second decade.
type decades struct{ print func(float64) string }

func (d decades) Ticks(low, high float64) []plot.Tick {
	var ticks []plot.Tick
	for i := int(math.Ceil(math.Log10(low))); math.Pow(10, float64(i)) <= high; i++ {
		tick := plot.Tick{Value: math.Pow(10, float64(i))}
		if i%2 == 0 {
			tick.Label = d.print(tick.Value)
		}
		ticks = append(ticks, tick)
	}
	return ticks
}

package report

import (
	"bufio"
	"fmt"
	"image/color"
	"os"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"

	"hazptr/internal/filecheck"
	"hazptr/tools/internal/result"
)

// A Path is where a picture is written.
type Path string

// UnmarshalText refuses a path where no picture can be written, before hours are
// spent on measuring. It leaves the file as it is.
func (p *Path) UnmarshalText(text []byte) error {
	*p = Path(text)
	if err := filecheck.ForWriting(string(text)); err != nil {
		return err
	}
	_, err := os.Lstat(string(text))
	isNew := os.IsNotExist(err)
	f, err := os.OpenFile(string(text), os.O_WRONLY|os.O_CREATE, 0o666)
	if err != nil {
		return err
	}
	err = f.Close()
	if isNew {
		os.Remove(string(text))
	}
	return err
}

// Picture draws s to path as SVG: a group of bars for each type, a bar for each number of readers.
func Picture(path string, s *result.Set) error {
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
	barHeight = 11 * vg.Inch / 72
	gap       = 10 * vg.Inch / 72 // between two types
	width     = 9 * vg.Inch
	edge      = 14 * vg.Inch / 72  // of the paper, left empty
	margin    = 100 * vg.Inch / 72 // edges, title and axis
)

// fill returns the colour of the i-th of n numbers of readers: from light to dark.
func fill(i, n int) color.Color {
	light, dark := [3]float64{0xb5, 0xd4, 0xe9}, [3]float64{0x08, 0x30, 0x6b}
	at := 0.5
	if n > 1 {
		at = float64(i) / float64(n-1)
	}
	var c [3]uint8
	for j := range c {
		c[j] = uint8(light[j] + at*(dark[j]-light[j]))
	}
	return color.RGBA{c[0], c[1], c[2], 0xff}
}

func canvas(s *result.Set) *vgsvg.Canvas {
	b := newBars(s)
	p := plot.New()
	plain := font.Font{Typeface: "Liberation", Variant: "Sans", Size: 10}
	for _, style := range []*draw.TextStyle{&p.X.Tick.Label, &p.Y.Tick.Label, &p.Legend.TextStyle, &p.Title.TextStyle} {
		style.Font = plain
	}
	p.Title.TextStyle.Font.Size = 11
	p.Title.Padding = 8
	m := s.Machine
	p.Title.Text = fmt.Sprintf("%s\n%s, %s, %s, heavy fence: %s\nlogarithmic; bar: median, white line in it: minimum",
		headline(&s.Results[0], len(s.Results[0].Runs)), m.CPU, m.Go, cores(m.Cores), s.Fence)
	p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, decades{}
	p.X.Min, p.X.Max = b.low, b.high
	p.Y.Tick.Marker = plot.ConstantTicks(b.types)
	p.Y.Tick.LineStyle.Width, p.Y.LineStyle.Width = 0, 0
	p.Y.Min, p.Y.Max = 0, float64(b.height)

	grid := plotter.NewGrid()
	grid.Horizontal.Width = 0
	grid.Vertical.Color = color.Gray{0xcc}
	p.Add(grid, b)
	p.Legend.Top, p.Legend.Padding = true, 3
	for i, readers := range b.readers {
		name := fmt.Sprintf("%d readers", readers)
		if readers == 1 {
			name = "1 reader"
		}
		p.Legend.Add(name, swatch{fill(i, len(b.readers))})
	}
	c := vgsvg.New(width, b.height+margin)
	paper := draw.New(c)
	paper.SetColor(color.White)
	paper.Fill(paper.Rectangle.Path())
	p.Draw(draw.Crop(paper, edge, -edge, edge, -edge))
	return c
}

// Package chart draws figures as SVG: Bars, Lines, and what happened while
// programs ran, before and after a change.
//
// A load that has a picture sets a Stall in its Summary, where reads were held
// up, or a Growth, where a quantity grew. Both are written to a file by their
// Write, and go through JSON. All else is laid out here: axes have as many
// figures as have room, and names stand beside their lines.
//
// No text overlaps another or leaves the frame. Write looks, and says so if one
// does.
package chart

import (
	"fmt"
	"image/color"
	"os"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Lengths on paper.
const (
	width   = 612.0 // of a picture, which shows small letters well in a page
	edge    = 12.0  // left empty
	line    = 13.0  // of the heading
	between = 12.0  // two rows or panels

	letters = 9.0 // size of most texts
	small   = 8.0 // of names beside lines, and figures beside bars
)

// A Panel is a part of a picture: Bars or Lines.
type Panel interface {
	draw(draw.Canvas)
	height() vg.Length
}

// A Row is panels beside each other, all of the same width.
type Row []Panel

func (r Row) height() (most vg.Length) {
	for _, p := range r {
		most = max(most, p.height())
	}
	return most
}

func (r Row) draw(c draw.Canvas) {
	tiles := draw.Tiles{Rows: 1, Cols: len(r), PadX: between}
	for i, p := range r {
		p.draw(tiles.At(c, i, 0))
	}
}

// Write draws rows below each other, with lines of a heading above them, to an
// SVG file. If texts overlap or leave the frame the file is written, and Write
// returns an error that names them.
func Write(path string, heading []string, rows ...Row) error {
	p := drawn(heading, rows...)
	svg, err := p.svg()
	if err != nil {
		return err
	}
	if err := os.WriteFile(path, svg, 0o666); err != nil {
		return err
	}
	width, height := p.Size()
	if err := legible(p.texts, width, height); err != nil {
		return fmt.Errorf("%s is drawn, but %w", path, err)
	}
	return nil
}

// drawn returns the paper with all that Write draws.
func drawn(heading []string, rows ...Row) *paper {
	style := newText(letters)
	var words []string
	for _, h := range heading {
		words = append(words, wrap(h, style, width-2*edge)...)
	}
	height := vg.Length(2*edge + line*float64(len(words)))
	for _, r := range rows {
		height += r.height() + between
	}
	p := newPaper(width, height)
	all := draw.New(p)
	all.SetColor(color.White)
	all.Fill(all.Rectangle.Path())
	at := vg.Point{X: edge, Y: height - edge}
	style.YAlign = text.YTop
	for _, w := range words {
		all.FillText(style, at, w)
		at.Y -= line
	}
	for _, r := range rows {
		at.Y -= between
		r.draw(draw.Crop(all, edge, -edge, at.Y-r.height(), at.Y-height))
		at.Y -= r.height()
	}
	return p
}

// newText returns the style of texts of a size that begin at a point.
func newText(size vg.Length) text.Style {
	return text.Style{
		Font: font.Font{Typeface: "Liberation", Variant: "Sans", Size: size}, Color: color.Black,
		XAlign: text.XLeft, YAlign: text.YCenter, Handler: plot.DefaultTextHandler,
	}
}

// newPlot returns a plot in our type.
func newPlot(title string) *plot.Plot {
	p := plot.New()
	p.X.Tick.Label.Font, p.Y.Tick.Label.Font = newText(letters).Font, newText(letters).Font
	p.Title.TextStyle.Font, p.Title.Padding = newText(letters+1).Font, 6
	p.Title.Text = title
	return p
}

// newGrid returns grey lines at the figures of both axes.
func newGrid() *plotter.Grid {
	grid := plotter.NewGrid()
	grid.Horizontal.Color, grid.Vertical.Color = color.Gray{0xdd}, color.Gray{0xdd}
	return grid
}

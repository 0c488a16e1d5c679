package chart

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/vgsvg"
)

// A paper is drawn on, and knows the box of each text. Nothing that is drawn
// here moves or turns the paper, or the boxes would be wrong.
type paper struct {
	*vgsvg.Canvas
	texts []box
}

// A box is what a text takes on paper.
type box struct {
	words string
	vg.Rectangle
}

func newPaper(width, height vg.Length) *paper { return &paper{Canvas: vgsvg.New(width, height)} }

// FillString draws words from a point on their base line.
func (p *paper) FillString(f font.Face, at vg.Point, words string) {
	e := f.Extents()
	p.texts = append(p.texts, box{words, vg.Rectangle{
		Min: vg.Point{X: at.X, Y: at.Y - e.Descent},
		Max: vg.Point{X: at.X + f.Width(words), Y: at.Y + e.Ascent},
	}})
	p.Canvas.FillString(f, at, words)
}

// slack is by how much boxes may overlap: no letter fills its box.
const slack = 0.5

// legible returns an error if texts overlap or leave a frame of that size.
func legible(texts []box, width, height vg.Length) error {
	var faults []error
	for i, b := range texts {
		if b.Min.X < 0 || b.Min.Y < 0 || b.Max.X > width || b.Max.Y > height {
			faults = append(faults, fmt.Errorf("%q leaves the frame", b.words))
		}
		for _, other := range texts[:i] {
			if min(b.Max.X, other.Max.X)-max(b.Min.X, other.Min.X) > slack && min(b.Max.Y, other.Max.Y)-max(b.Min.Y, other.Min.Y) > slack {
				faults = append(faults, fmt.Errorf("%q and %q overlap", other.words, b.words))
			}
		}
	}
	return errors.Join(faults...)
}

// svg returns the file.
func (p *paper) svg() ([]byte, error) {
	var all bytes.Buffer
	if _, err := p.WriteTo(&all); err != nil {
		return nil, err
	}
	// Each text keeps the width that it has here, where the font is another
	// one, too; these have the same widths.
	const family, text = "font-family:Liberation Sans", "<text "
	parts := bytes.Split(bytes.ReplaceAll(all.Bytes(), []byte(family), []byte(family+",Arial,Helvetica,sans-serif")), []byte(text))
	out := parts[0]
	for i, part := range parts[1:] {
		out = fmt.Appendf(out, `%stextLength="%.5g" lengthAdjust="spacingAndGlyphs" %s`, text, p.texts[i].Size().X.Points(), part)
	}
	return out, nil
}

// wrap breaks words into lines of a width.
func wrap(words string, style text.Style, width vg.Length) (lines []string) {
	for _, word := range strings.Fields(words) {
		if last := len(lines) - 1; last >= 0 && style.Width(lines[last]+" "+word) <= width {
			lines[last] += " " + word
		} else {
			lines = append(lines, word)
		}
	}
	return lines
}

// rectangle returns the corners of one.
func rectangle(left, bottom, right, top vg.Length) []vg.Point {
	return []vg.Point{{X: left, Y: bottom}, {X: right, Y: bottom}, {X: right, Y: top}, {X: left, Y: top}}
}

// path goes along corners, and back to the first.
func path(corners []vg.Point) (p vg.Path) {
	p.Move(corners[0])
	for _, at := range corners[1:] {
		p.Line(at)
	}
	p.Close()
	return p
}

package chart

import (
	"encoding/xml"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"
)

// A drawing is what is read of an SVG file.
type drawing struct {
	ViewBox string `xml:"viewBox,attr"`
	Group   struct {
		Texts []struct {
			X     float64 `xml:"x,attr"`
			Y     float64 `xml:"y,attr"`
			Width float64 `xml:"textLength,attr"`
			Style string  `xml:"style,attr"`
			Words string  `xml:",chardata"`
		} `xml:"text"`
	} `xml:"g"`
}

// The pictures that are in the documents are legible, too.
func TestPicturesInDocuments(t *testing.T) {
	found := 0
	err := filepath.WalkDir("../../../docs", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".svg" {
			return err
		}
		found++
		svg, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if err := legibleSVG(svg); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		return nil
	})
	if err != nil || found == 0 {
		t.Errorf("%d pictures: %v", found, err)
	}
}

func legibleSVG(svg []byte) error {
	var d drawing
	if err := xml.Unmarshal(svg, &d); err != nil {
		return err
	}
	var left, bottom, width, height float64
	if _, err := fmt.Sscan(d.ViewBox, &left, &bottom, &width, &height); err != nil {
		return err
	}
	var texts []box
	for _, text := range d.Group.Texts {
		_, size, _ := strings.Cut(text.Style, "font-size:")
		size, _, _ = strings.Cut(size, "px")
		points, err := strconv.ParseFloat(size, 64)
		if err != nil || text.Width == 0 {
			return fmt.Errorf("%q has no size: it was not written by Write: %w", text.Words, err)
		}
		e := newText(vg.Length(points)).FontExtents()
		x, y := vg.Length(text.X), vg.Length(-text.Y)
		texts = append(texts, box{text.Words, vg.Rectangle{
			Min: vg.Point{X: x, Y: y - e.Descent}, Max: vg.Point{X: x + vg.Length(text.Width), Y: y + e.Ascent},
		}})
	}
	if len(texts) == 0 {
		return fmt.Errorf("no texts in it")
	}
	return legible(texts, vg.Length(width), vg.Length(height))
}

// What is read of a picture is what was drawn, and texts that overlap are
// noticed.
func TestLegibleSVG(t *testing.T) {
	for _, times := range []int{1, 20} {
		wide := &Lines{Title: strings.Repeat("wide ", times), X: Share(), Y: Share()}
		p := drawn(nil, Row{wide, wide})
		svg, err := p.svg()
		if err != nil {
			t.Fatal(err)
		}
		width, height := p.Size()
		want, got := legible(p.texts, width, height), legibleSVG(svg)
		if (want == nil) != (got == nil) || want != nil && want.Error() != got.Error() || (want == nil) != (times == 1) {
			t.Errorf("want %v\ngot %v", want, got)
		}
	}
}

package chart

import (
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A picture in which texts overlap or leave the frame is noticed, and one in
// which they touch is not.
func TestLegible(t *testing.T) {
	style := newText(small)
	wide := style.Width("a label")
	for name, c := range map[string]struct {
		want   string // a part of the error
		labels []vg.Point
	}{
		"beside each other": {"", []vg.Point{{X: 10, Y: 50}, {X: 10 + wide, Y: 50}}},
		"below each other":  {"", []vg.Point{{X: 10, Y: 50}, {X: 10, Y: 50 - nameHeight}}},
		"on one place":      {"overlap", []vg.Point{{X: 10, Y: 50}, {X: 10, Y: 50}}},
		"a letter over":     {"overlap", []vg.Point{{X: 10, Y: 50}, {X: 5 + wide, Y: 52}}},
		"left of it":        {"leaves the frame", []vg.Point{{X: -1, Y: 50}}},
		"right of it":       {"leaves the frame", []vg.Point{{X: 101 - wide, Y: 50}}},
		"below it":          {"leaves the frame", []vg.Point{{X: 10, Y: 1}}},
		"above it":          {"leaves the frame", []vg.Point{{X: 10, Y: 99}}},
	} {
		p := newPaper(100, 100)
		canvas := draw.New(p)
		for _, at := range c.labels {
			canvas.FillText(style, at, "a label")
		}
		err := legible(p.texts, 100, 100)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Each text keeps its width where another font is used.
func TestWidthsAreTold(t *testing.T) {
	p := newPaper(100, 100)
	canvas := draw.New(p)
	for _, words := range []string{"<text ", "two"} {
		canvas.FillText(newText(small), vg.Point{X: 1, Y: 50}, words)
	}
	svg, err := p.svg()
	if err != nil || strings.Count(string(svg), `<text textLength="`) != 2 || !strings.Contains(string(svg), "Sans,Arial") {
		t.Errorf("%v:\n%s", err, svg)
	}
}

func TestWrap(t *testing.T) {
	style := newText(letters)
	if got := strings.Join(wrap("one two  three", style, style.Width("one two")), "|"); got != "one two|three" {
		t.Error(got)
	}
}

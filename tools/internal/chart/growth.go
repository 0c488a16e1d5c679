package chart

import (
	"time"

	"gonum.org/v1/plot/plotter"
)

// A Growth is a picture of a quantity while programs ran, such as the bytes
// that their files take: a line for each side, in one panel. A load fills it in
// so:
//
//	growth := &chart.Growth{
//		Heading: []string{"badger, beside two iterators that overlap"},
//		What:    "on disk",
//		Unit:    "MB",
//		Courses: []chart.Course{{"as it is", before}, {"hazptr", after}},
//	}
type Growth struct {
	Heading []string `json:"heading"` // what ran, and where
	What    string   `json:"what"`    // the quantity
	Unit    string   `json:"unit"`
	// The first is as it was, the last as it is in the end.
	Courses []Course `json:"courses"`
}

// A Course is the quantity of one program, or of one way.
type Course struct {
	Name string `json:"name"`
	// By time; a few hundred show all that can be seen.
	Amounts []Amount `json:"amounts"`
}

// An Amount is in the unit of its Growth.
type Amount struct {
	At    time.Duration `json:"at_ns"` // since the begin
	Value float64       `json:"value"` // 0 or more
}

// Write draws the picture to an SVG file.
func (g *Growth) Write(path string) error {
	over, values := Axis{High: 1, Text: Time}, Axis{High: 1e-9, Text: func(v float64) string { return brief(v) + " " + g.Unit }}
	l := &Lines{Title: g.What}
	for i, course := range g.Courses {
		line := Line{Name: course.Name, Color: sideHue(i, len(g.Courses))}
		for _, a := range course.Amounts {
			over.High, values.High = max(over.High, float64(a.At)), max(values.High, a.Value)
			line.Points = append(line.Points, plotter.XY{X: float64(a.At), Y: a.Value})
		}
		if n := len(course.Amounts); n > 0 {
			line.Name += ": " + values.Text(course.Amounts[n-1].Value)
		}
		l.Lines = append(l.Lines, line)
	}
	l.X, l.Y = over, values
	return Write(path, g.Heading, Row{l})
}

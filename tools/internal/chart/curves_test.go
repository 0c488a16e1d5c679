package chart

import (
	"image/color"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// Curves stand below bars, with a legend that has each name once, and none
// leaves its axis.
func TestCurves(t *testing.T) {
	ticks := Decades(func(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }, 1)
	line := Line{Name: "a line", Color: color.Black, Steps: []Step{{0, 0.1}, {5, 0.5}, {1e9, 1}}}
	dashed := Line{Name: "a dashed line", Color: color.Black, Dashed: true}
	row := CurvesRow(
		&Curves{Title: "a title", Low: 1, High: 100, Ticks: ticks, Lines: []Line{line, dashed}},
		&Curves{Title: "another title", Low: 1, High: 100, Ticks: ticks, Lines: []Line{line}},
		&Curves{Title: "nothing", Low: 1, High: 100, Ticks: ticks},
	)
	path := filepath.Join(t.TempDir(), "curves.svg")
	bars := Bars(&Chart{Title: "bars", Low: 1, High: 10, Ticks: ticks})
	if err := Write(path, 600*Point, nil, bars, row); err != nil {
		t.Fatal(err)
	}
	svg, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for want, times := range map[string]int{"bars": 1, "a title": 1, "another title": 1, "nothing": 1, "a line": 1, "a dashed line": 1, "50%": 3} {
		if n := strings.Count(string(svg), ">"+want+"<"); n != times {
			t.Errorf("%q is %d times in the picture, want %d", want, n, times)
		}
	}
	for _, bad := range []string{"NaN", "Inf", "e+"} {
		if strings.Contains(string(svg), bad) {
			t.Errorf("the picture has a coordinate with %s", bad)
		}
	}
	xys := row[0].plot()
	if xys.X.Min != 1 || xys.X.Max != 100 || xys.Y.Min != 0 || xys.Y.Max != 1 {
		t.Errorf("the axes are %v to %v and %v to %v", xys.X.Min, xys.X.Max, xys.Y.Min, xys.Y.Max)
	}
}

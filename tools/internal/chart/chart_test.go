package chart

import (
	"encoding/xml"
	"errors"
	"fmt"
	"image/color"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gonum.org/v1/plot/plotter"
)

// picture reads a picture that write has written.
func picture(t *testing.T, write func(path string) error) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "picture.svg")
	if err := write(path); err != nil {
		t.Error(err)
	}
	svg, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for d := xml.NewDecoder(strings.NewReader(string(svg))); err == nil; {
		_, err = d.Token()
	}
	if !errors.Is(err, io.EOF) {
		t.Error(err)
	}
	for _, bad := range []string{"NaN", "Inf"} {
		if strings.Contains(string(svg), bad) {
			t.Errorf("the picture has a coordinate with %s", bad)
		}
	}
	return string(svg)
}

func mustHave(t *testing.T, svg string, all ...string) {
	t.Helper()
	for _, want := range all {
		if !strings.Contains(svg, ">"+want+"<") {
			t.Errorf("no %q in the picture", want)
		}
	}
}

// sampleBars are bars in groups, from 0 on and with marks wherever they may be.
func sampleBars(groups, bars int) *Bars {
	random := rand.New(rand.NewPCG(1, uint64(groups)))
	b := &Bars{Title: "bars", X: Axis{Low: 0.1, High: 1000, Log: true, Text: brief}}
	for i := range groups {
		g := Group{Name: fmt.Sprintf("a-long-name-of-bars-%d", i)}
		for j := range bars {
			to := float64(j) * 2000 * random.Float64()
			g.Bars = append(g.Bars, Bar{To: to, Color: color.Black, Label: brief(to), Marks: []Mark{{0, color.White}, {to * 1.02, color.White}, {2000 * random.Float64(), color.White}}})
		}
		b.Groups = append(b.Groups, g)
	}
	return b
}

// sampleLines are lines that end at the same place, at the top, the bottom, or
// anywhere.
func sampleLines(n int, x, y Axis) *Lines {
	random := rand.New(rand.NewPCG(2, uint64(n)))
	l := &Lines{Title: "lines", X: x, Y: y}
	for i := range n {
		line := Line{Name: fmt.Sprintf("the name of line %d", i)}
		line.Color, line.Dashed = Hue(i)
		for at := x.Low; at < 2*x.High; at += (x.High - x.Low) / 7 {
			line.Points = append(line.Points, plotter.XY{X: at, Y: y.Low + (y.High-y.Low)*float64(i%4-1)/2*random.Float64()})
		}
		l.Lines = append(l.Lines, line)
	}
	return l
}

// All kinds of panels are drawn, however much or little is in them.
func TestPanels(t *testing.T) {
	times, linear := Times(100*time.Nanosecond, 100*time.Second), Axis{Low: 0, High: 123456, Text: func(v float64) string { return brief(v) + " bytes" }}
	for name, rows := range map[string][]Row{
		"nothing":       {{&Bars{X: times}, &Lines{X: times, Y: Share()}}},
		"bars":          {{sampleBars(1, 1)}, {sampleBars(20, 3)}},
		"bars together": {{sampleBars(3, 1), sampleBars(4, 2)}},
		"lines":         {{sampleLines(1, times, Share())}, {sampleLines(20, times, linear)}, {sampleLines(5, linear, times)}},
		"lines together": {
			{sampleLines(2, times, Share()), sampleLines(3, linear, times), sampleLines(1, linear, linear)},
			{sampleLines(9, times, times), sampleBars(9, 1)},
		},
	} {
		t.Run(name, func(t *testing.T) {
			svg := picture(t, func(path string) error {
				return Write(path, []string{"a heading", strings.Repeat("of many words ", 30)}, rows...)
			})
			mustHave(t, svg, "a heading")
		})
	}
}

// What overlaps is drawn, and told: here titles wider than their panels.
func TestOverlapIsTold(t *testing.T) {
	path := filepath.Join(t.TempDir(), "picture.svg")
	wide := &Lines{Title: strings.Repeat("wide ", 20), X: Share(), Y: Share()}
	if err := Write(path, nil, Row{wide, wide}); err == nil || !strings.Contains(err.Error(), "overlap") || !strings.Contains(err.Error(), path) {
		t.Error(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
	if err := Write(filepath.Join(path, "none"), nil, Row{&Lines{X: Share(), Y: Share()}}); err == nil {
		t.Error("a file in no folder is written")
	}
}

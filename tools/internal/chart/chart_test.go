package chart

import (
	"encoding/xml"
	"errors"
	"image/color"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// A chart is an SVG file with all words in it, also where it has no bar.
func TestWrite(t *testing.T) {
	ticks := Decades(func(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }, 1, 5)
	full := &Chart{
		Title: "a title", Low: 0.1, High: 100, Ticks: ticks, Legend: []Swatch{{"a swatch", color.Black}},
		Groups: []Group{{"a bar", []Bar{{To: 7, Mark: 3, Color: color.Black, Label: "seven"}}}},
	}
	path := filepath.Join(t.TempDir(), "chart.svg")
	for _, charts := range [][]*Chart{{full}, {full, {Title: "nothing", Low: 1, High: 10, Ticks: ticks}}} {
		if err := Write(path, 600*Point, []string{"a heading", "of two lines"}, Bars(charts...)); err != nil {
			t.Fatal(err)
		}
		svg, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"a heading", "of two lines", "a title", "a swatch", "seven", "a bar", ">0.5<"} {
			if !strings.Contains(string(svg), want) {
				t.Errorf("no %q in the picture", want)
			}
		}
		for d := xml.NewDecoder(strings.NewReader(string(svg))); err == nil; {
			_, err = d.Token()
		}
		if !errors.Is(err, io.EOF) {
			t.Error(err)
		}
	}
	if err := Write(filepath.Join(path, "none"), 1, nil, Bars(full)); err == nil {
		t.Error("a file in no folder is written")
	}
}

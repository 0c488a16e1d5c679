package main

import (
	"encoding/xml"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hazptr/tools/internal/bench"
)

func TestPicture(t *testing.T) {
	one := sampleSet()
	one.Results = one.Results[:1]
	far := sampleSet()
	far.Results[3].Runs[0], far.Results[0].Runs[0] = 1e7, 0
	far.Summarize()
	for name, s := range map[string]*bench.Set{"two types": sampleSet(), "one bar": one, "far apart": far} {
		path := filepath.Join(t.TempDir(), "picture")
		if err := picture(path, s); err != nil {
			t.Fatal(err)
		}
		svg, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		parts := xml.NewDecoder(strings.NewReader(string(svg)))
		for {
			if _, err := parts.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		for _, want := range []string{"<svg", "load", "1 reader", "membarrier", "Model 7"} {
			if !strings.Contains(string(svg), want) {
				t.Errorf("%s: no %q in the picture", name, want)
			}
		}
		if strings.Contains(string(svg), "NaN") || strings.Contains(string(svg), "Inf") {
			t.Errorf("%s: the picture has a coordinate that is no number", name)
		}
	}
}

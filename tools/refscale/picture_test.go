package main

import (
	"encoding/xml"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hazptr/tools/internal/bench"
	"hazptr/tools/internal/sample"
	"hazptr/tools/internal/way"
)

func TestPicture(t *testing.T) {
	one := sampleSet()
	one.Results = one.Results[:1]
	far := sampleSet()
	far.Results[3].Runs[0], far.Results[0].Runs[0] = 1e7, 0
	far.Summarize()
	for name, s := range map[string]*bench.Set{"two types": sampleSet(), "one bar": one, "far apart": far, "every type": everyType()} {
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
		for _, want := range []string{"<svg", "load", ", 1 reader", "membarrier", "Model 7"} {
			if !strings.Contains(string(svg), want) {
				t.Errorf("%s: no %q in the picture", name, want)
			}
		}
		if strings.Contains(string(svg), "NaN") || strings.Contains(string(svg), "Inf") {
			t.Errorf("%s: the picture has a coordinate that is no number", name)
		}
	}
}

// everyType is a set with all types, by many numbers of readers.
func everyType() *bench.Set {
	s := sampleSet()
	s.CPU, s.Results = "Model 7 of a name that is as long as names of processors are, 2 GHz", nil
	for i, typ := range way.Reads() {
		for j, readers := range []int{1, 2, 4, 8, 32, 1024} {
			r := &bench.Result{Type: typ.Name, Shape: "read", Readers: readers, Runs: sample.Sample{0.3 + float64(i*j), 1 + float64(i*i*j)}}
			if ns, has := typ.Kernel[readers]; has {
				r.Kernel = &ns
			}
			s.Results = append(s.Results, r)
		}
	}
	s.Summarize()
	return s
}

package report

import (
	"encoding/xml"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hazptr/tools/internal/result"
)

func TestPicture(t *testing.T) {
	one := sample()
	one.Results = one.Results[:1]
	far := sample()
	far.Results[3].Runs[0].NS, far.Results[0].Runs[0].NS = 1e7, 0
	for name, s := range map[string]*result.Set{"two types": sample(), "one bar": one, "far apart": far} {
		path := filepath.Join(t.TempDir(), "picture")
		if err := Picture(path, s); err != nil {
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

func TestPath(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "new.svg")
	var p Path
	if err := p.UnmarshalText([]byte(path)); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("the check has left a file: %v", err)
	}
	if err := os.WriteFile(path, []byte("old"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := p.UnmarshalText([]byte(path)); err != nil {
		t.Fatal(err)
	}
	if old, _ := os.ReadFile(path); string(old) != "old" {
		t.Errorf("the check has changed the file to %q", old)
	}
	for _, path := range []string{dir, filepath.Join(dir, "none", "x.svg")} {
		if err := p.UnmarshalText([]byte(path)); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: error is %v", path, err)
		}
	}
}

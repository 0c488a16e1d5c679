package lifetime

import (
	"bytes"
	"os"
	"testing"

	"hazptr/internal/long"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"
)

// Each analyzer has a package of its name in testdata, of what is wrong and
// what is right.
func TestAnalyzers(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	for _, a := range Analyzers {
		t.Run(a.Name, func(t *testing.T) {
			analysistest.Run(t, analysistest.TestData(), a, a.Name)
		})
	}
}

// What is right for one analyzer must be right for the others, and what is in
// package right for all.
func TestAnalyzersLeaveOneAnothersRightCodeAlone(t *testing.T) {
	long.Only(t, "it loads all testdata with each analyzer")
	var names []string
	for _, a := range Analyzers {
		names = append(names, a.Name)
	}
	loaded := load(t, append(names, "right")...)
	graph, err := checker.Analyze(Analyzers, loaded, nil)
	if err != nil {
		t.Fatal(err)
	}
	lines := map[string][][]byte{}
	found := 0
	for action := range graph.All() {
		if action.Err != nil {
			t.Fatal(action.Err)
		}
		if !action.IsRoot {
			continue
		}
		for _, d := range action.Diagnostics {
			p := action.Package.Fset.Position(d.Pos)
			if lines[p.Filename] == nil {
				text, err := os.ReadFile(p.Filename)
				if err != nil {
					t.Fatal(err)
				}
				lines[p.Filename] = bytes.Split(text, []byte("\n"))
			}
			found++
			if !bytes.Contains(lines[p.Filename][p.Line-1], []byte("want `")) {
				t.Errorf("%s: %s: %s", p, action.Analyzer, d.Message)
			}
		}
	}
	if found < len(Analyzers) {
		t.Fatalf("%d reports", found)
	}
}

// Fixes are what the .golden files show.
func TestFixes(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	for _, a := range []*analysis.Analyzer{Guard, Lease, Token} {
		t.Run(a.Name, func(t *testing.T) {
			analysistest.RunWithSuggestedFixes(t, analysistest.TestData(), a, a.Name+"fix")
		})
	}
}

// load loads packages of testdata.
func load(t *testing.T, names ...string) []*packages.Package {
	t.Helper()
	loaded, err := packages.Load(&packages.Config{
		Mode:  packages.LoadAllSyntax,
		Dir:   analysistest.TestData(),
		Env:   append(os.Environ(), "GOPATH="+analysistest.TestData(), "GO111MODULE=off", "GOWORK=off", "GOFLAGS="),
		Tests: false,
	}, names...)
	if err != nil {
		t.Fatal(err)
	}
	if packages.PrintErrors(loaded) > 0 {
		t.FailNow()
	}
	return loaded
}

package models

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"hazptr/internal/long"
)

// TestModels verifies every model. HAZPTR_SPIN=1 makes it an error that spin or
// gcc is missing, so that CI cannot skip the test unnoticed.
func TestModels(t *testing.T) {
	long.Only(t, "it searches millions of states")
	for _, program := range []string{"spin", "gcc"} {
		if _, err := exec.LookPath(program); err != nil {
			if os.Getenv("HAZPTR_SPIN") != "" {
				t.Fatal(err)
			}
			t.Skip(err)
		}
	}
	var paths []string
	for _, pattern := range []string{"*/model/*.pml", "internal/*/model/*.pml"} {
		found, err := filepath.Glob(filepath.Join("../..", pattern))
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, found...)
	}
	if len(paths) == 0 {
		t.Fatal("there are no models")
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".pml"), func(t *testing.T) {
			t.Parallel()
			verify(t, path)
		})
	}
}

func verify(t *testing.T, path string) {
	m, err := read(path)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	for _, r := range m.runs {
		report, err := m.search(t.Context(), folder, &r, "")
		if err == nil {
			err = m.holds(report)
		}
		if err != nil {
			t.Errorf("%s: %v", r.text, err)
			continue
		}
		t.Logf("%s: holds; %s", r.text, cost(report))
		for _, mutant := range r.mutants {
			report, err := m.search(t.Context(), folder, &r, mutant.name)
			if err == nil {
				err = refutes(report, mutant.reason)
			}
			if err != nil {
				t.Errorf("%s: %s: %v", r.text, mutant.name, err)
				continue
			}
			t.Logf("%s: %s refuted by %s; %s", r.text, mutant.name, mutant.reason, cost(report))
		}
	}
}

// model writes a model's first comment into a file.
func write(t *testing.T, lines ...string) string {
	path := filepath.Join(t.TempDir(), "x.pml")
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestRead(t *testing.T) {
	m, err := read(write(t, "// run: gcc -DSAFETY; pan -n", "// mutant A: no fence -> x -> y!=0", "// run: spin -DL; pan -a -f", "byte x;"))
	if err != nil {
		t.Fatal(err)
	}
	if len(m.runs) != 2 || m.runs[0].mutants[0] != (mutant{"A", "y!=0"}) || m.runs[0].gcc[0] != "-DSAFETY" || len(m.runs[1].pan) != 2 || len(m.runs[1].gcc) != 0 {
		t.Errorf("%+v", m.runs)
	}
	for want, lines := range map[string][]string{
		"semicolons between": {"// run: cc -O2", "// mutant A: b -> c"},
		"a run above":        {"// mutant A: b -> c"},
		"NAME: RULE":         {"// run: gcc", "// mutant A"},
		"needs one of each":  {"// run: gcc"},
	} {
		if _, err := read(write(t, lines...)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", lines, err, want)
		}
	}
}

// A report that shows less than is claimed must be noticed.
func TestReports(t *testing.T) {
	m := &model{path: write(t, "byte x;", "x = 1;", "x = 2; // unreached: here", "")}
	for report, want := range map[string]string{
		"errors: 0\n": "",
		"errors: 0\n\tx.pml:3, state 7, \"x = 2\"\n\tx.pml:4, state 9, \"-end-\"\n": "",
		"errors: 0\n\tx.pml:2, state 7, \"x = 1\"\n":                                "never reached:\n2: x = 1;",
		"errors: 1\n": "an error, or an incomplete search",
		"errors: 0\nerror: max search depth too small": "incomplete",
		"": "incomplete",
	} {
		if err := m.holds(report); (want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", report, err, want)
		}
	}
	for report, want := range map[string]string{
		"pan:1: assertion violated (x==1) (at depth 4)\n": "",
		"pan:1: acceptance cycle (at depth 4)\n":          "not by x==1",
		"errors: 0\n":                                     "not refuted",
	} {
		if err := refutes(report, "x==1"); (want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", report, err, want)
		}
	}
	const report = "   12 states, stored\n    3.5\ttotal actual memory usage\npan: elapsed time 0.25 seconds\n"
	if got := cost(report); got != "12 states, 3.5 MB, 0.25 s" {
		t.Errorf("%q", got)
	}
}

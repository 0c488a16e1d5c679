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

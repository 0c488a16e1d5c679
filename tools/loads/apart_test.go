package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// requirements are those of a go.mod that are not the library's own.
func requirements(t *testing.T, file string, indirect bool) (paths []string) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "mod", "edit", "-json", file).Output()
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	var mod struct {
		Require []struct {
			Path     string
			Indirect bool
		}
	}
	if err := json.Unmarshal(out, &mod); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	for _, r := range mod.Require {
		if (indirect || !r.Indirect) && r.Path != "hazptr" && !strings.HasPrefix(r.Path, "hazptr/") {
			paths = append(paths, r.Path)
		}
	}
	return paths
}

// patched finds the module of a plan.
var patched = regexp.MustCompile(`patch\.Module\{\s*Path:\s*"([^"]+)"`)

// What a load patches, and what its worker requires, is downloaded when that
// load is run, so tools must not require it.
func TestProgramsAreApart(t *testing.T) {
	apart := map[string]string{} // modules, and the files that name them
	workers, err := filepath.Glob("*/worker/go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range workers {
		for _, path := range requirements(t, file, false) {
			apart[path] = file
		}
	}
	sources, err := filepath.Glob("*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range sources {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range patched.FindAllSubmatch(text, -1) {
			apart[string(found[1])] = file
		}
	}
	for _, known := range []string{"go.etcd.io/bbolt", "github.com/maxmind/mmdbwriter", "gvisor.dev/gvisor"} {
		if apart[known] == "" {
			t.Errorf("%s was not found: no module would be", known)
		}
	}
	for _, path := range requirements(t, filepath.Join("..", "go.mod"), true) {
		if file := apart[path]; file != "" {
			t.Errorf("tools requires %s, which %s has for its load alone", path, file)
		}
	}
}

// The page of an exported module has the figures of its load.
func TestExportedLoadsAreDocumented(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "loads.md"))
	if err != nil {
		t.Fatal(err)
	}
	exported, err := filepath.Glob("*/export.go")
	if err != nil || len(exported) == 0 {
		t.Fatalf("no load is exported, %v", err)
	}
	for _, file := range exported {
		if heading := "\n## " + filepath.Dir(file) + ":"; !strings.Contains(string(text), heading) {
			t.Errorf("docs/loads.md has no section %q", heading[1:])
		}
	}
}

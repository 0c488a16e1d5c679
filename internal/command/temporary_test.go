package command

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWorkFolder(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	before := os.TempDir()
	folder, remove, err := WorkFolder(".", "work-*")
	if err != nil {
		t.Fatal(err)
	}
	if !filepath.IsAbs(folder) || os.TempDir() != folder {
		t.Errorf("folder %s, temporary files in %s", folder, os.TempDir())
	}
	if err := os.WriteFile(filepath.Join(folder, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := remove(); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 || os.TempDir() != before {
		t.Errorf("left %v, %v, temporary files in %s", left, err, os.TempDir())
	}
	for dir, want := range map[string]string{"": "empty", filepath.Join(dir, "missing"): "missing"} {
		if _, _, err := WorkFolder(dir, "work-*"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v", dir, err)
		}
	}
	if os.TempDir() != before {
		t.Errorf("temporary files in %s", os.TempDir())
	}
}

func TestTemporary(t *testing.T) {
	failed := errors.New("no")
	if _, _, err := Temporary(func() (string, error) { return "never made", failed }); !errors.Is(err, failed) || temporary.paths["never made"] {
		t.Errorf("error %v, paths %v", err, temporary.paths)
	}
	path, forget, err := Temporary(func() (string, error) { return "made", nil })
	if err != nil || path != "made" || !temporary.paths["made"] {
		t.Errorf("path %q, error %v, paths %v", path, err, temporary.paths)
	}
	if forget(); temporary.paths["made"] {
		t.Error("not forgotten")
	}
}

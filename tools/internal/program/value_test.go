package program

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What the path names is not touched before the program has something to write.
func TestOutFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "new.svg")
	var p OutFile
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

// A folder is taken if there is nothing in it, or if it can be made.
func TestNewFolder(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		t.TempDir():                       "",
		filepath.Join(dir, "new"):         "",
		filepath.Join(dir, "none", "new"): "none",
		filepath.Join(file, "new"):        "file",
		dir:                               "is not empty: give the path of a folder to be made",
		file:                              "is not a folder: give the path of one to be made",
		"":                                "the path is empty",
	} {
		var f NewFolder
		err := f.UnmarshalText([]byte(path))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: error is %v", path, err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "new")); !os.IsNotExist(err) {
		t.Errorf("the check has left a folder: %v", err)
	}
}

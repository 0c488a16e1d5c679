package filecheck

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestForReading(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		file:                             "",
		folder:                           "is a folder: give the path of a regular file",
		filepath.Join(folder, "missing"): "missing",
		"":                               "empty",
	} {
		refused(t, "ForReading", path, ForReading(path), want)
	}
}

func TestForWriting(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "file")
	if err := os.WriteFile(file, []byte("as it was"), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		file:                             "",
		filepath.Join(folder, "missing"): "",
		os.DevNull:                       "",
		folder:                           "is a folder",
		filepath.Join(file, "below"):     "below",
		"":                               "empty",
	} {
		refused(t, "ForWriting", path, ForWriting(path), want)
	}
	if text, err := os.ReadFile(file); string(text) != "as it was" {
		t.Errorf("the file has %q, %v", text, err)
	}
	if _, err := os.Stat(filepath.Join(folder, "missing")); err == nil {
		t.Error("a file was made")
	}
}

// refused checks an error: want is a part of its text, or "" for none.
func refused(t *testing.T, check, path string, err error, want string) {
	t.Helper()
	switch {
	case want == "" && err != nil:
		t.Errorf("%s(%q): %v", check, path, err)
	case want != "" && (err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path)):
		t.Errorf("%s(%q): %v; want %q", check, path, err, want)
	}
}

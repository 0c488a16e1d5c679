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

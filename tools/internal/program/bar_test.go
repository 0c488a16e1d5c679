package program

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// Nothing is written where there is no terminal.
func TestBarWithoutTerminal(t *testing.T) {
	var buffer bytes.Buffer
	file, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, bar := range []*Bar{NewBar(&buffer, 2), NewBar(file, 2)} {
		bar.Describe("working")
		bar.Step()
		bar.At(1, "working on")
		bar.Clear()
	}
	if buffer.Len() != 0 {
		t.Errorf("wrote %q", buffer.String())
	}
	if info, err := file.Stat(); err != nil || info.Size() != 0 {
		t.Errorf("the file has %d bytes, %v", info.Size(), err)
	}
}

// A line that is longer than the terminal's would stay when it is cleared.
func TestCut(t *testing.T) {
	for _, c := range []struct {
		room int
		want string
	}{{9, "2 µs left"}, {8, "2 µs le…"}, {1, "…"}, {-3, "…"}} {
		if got := cut("2 µs left", c.room); got != c.want {
			t.Errorf("room for %d: %q, want %q", c.room, got, c.want)
		}
	}
}

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
		bar.Clear()
	}
	if buffer.Len() != 0 {
		t.Errorf("wrote %q", buffer.String())
	}
	if info, err := file.Stat(); err != nil || info.Size() != 0 {
		t.Errorf("the file has %d bytes, %v", info.Size(), err)
	}
}

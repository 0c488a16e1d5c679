package progress

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

func TestBarIsSilentWithoutTerminal(t *testing.T) {
	var buffer bytes.Buffer
	file, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()

	for _, bar := range []*Bar{NewBar(&buffer, 2), NewBar(file, 2)} {
		bar.Describe("working")
		bar.Step(1)
		bar.Close()
	}

	if buffer.Len() != 0 {
		t.Errorf("wrote %q", buffer.String())
	}
	if info, err := file.Stat(); err != nil || info.Size() != 0 {
		t.Errorf("file has %d bytes (%v)", info.Size(), err)
	}
}

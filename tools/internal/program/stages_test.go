package program

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// A file that is no terminal says what has begun, once. What is no file stays
// empty.
func TestStagesWithoutTerminal(t *testing.T) {
	var buffer bytes.Buffer
	path := filepath.Join(t.TempDir(), "log")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	begin, end := Stages(2, file)
	bufferBegin, bufferEnd := Stages(2, &buffer)
	for _, stage := range []string{"building", "measuring"} {
		begin(stage)
		bufferBegin(stage)
	}
	end()
	bufferEnd()
	Progress(2, file)()
	Progress(2, &buffer)()
	if buffer.Len() != 0 {
		t.Errorf("wrote %q", buffer.String())
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != "building ...\n" {
		t.Errorf("the file has %q, %v", text, err)
	}
}

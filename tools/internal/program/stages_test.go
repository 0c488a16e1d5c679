package program

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"
)

func TestStagesAreSilentWithoutTerminal(t *testing.T) {
	var buffer bytes.Buffer
	file, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, w := range []io.Writer{&buffer, file} {
		begin, end := Stages(2, w)
		begin("building")
		begin("measuring")
		end()
		Progress(2, w)()
	}
	if buffer.Len() != 0 {
		t.Errorf("wrote %q", buffer.String())
	}
	if info, err := file.Stat(); err != nil || info.Size() != 0 {
		t.Errorf("file has %d bytes (%v)", info.Size(), err)
	}
}

package patch

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCopy(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "copy")
	// It is a requirement of this module, so the cache has it.
	s, err := Module{Path: "github.com/HdrHistogram/hdrhistogram-go", Version: "v1.4.0"}.Copy(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.OpenFile(filepath.Join(s.Dir, "hdr.go"), os.O_WRONLY, 0)
	if err != nil {
		t.Fatalf("the copy can't be edited: %v", err)
	}
	file.Close()
	if out, err := s.Go(t.Context(), "vet", "."); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestCopyOfWhatCannotBeHad(t *testing.T) {
	t.Setenv("GOPROXY", "off")
	t.Setenv("GOMODCACHE", t.TempDir())
	_, err := Module{Path: "example.com/nowhere", Version: "v1.0.0"}.Copy(t.Context(), filepath.Join(t.TempDir(), "copy"))
	if err == nil || !strings.Contains(err.Error(), "module example.com/nowhere@v1.0.0 is not in the module cache and can't be had (") || !strings.Contains(err.Error(), "go mod download example.com/nowhere@v1.0.0") {
		t.Errorf("got %v", err)
	}
}

func TestCopyOfOtherContent(t *testing.T) {
	_, err := Module{"github.com/HdrHistogram/hdrhistogram-go", "v1.4.0", "h1:another"}.Copy(t.Context(), filepath.Join(t.TempDir(), "copy"))
	if err == nil || !strings.Contains(err.Error(), "its sum is h1:") || !strings.Contains(err.Error(), "and was h1:another") {
		t.Errorf("got %v", err)
	}
}

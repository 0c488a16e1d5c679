package hazptr

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"hazptr/internal/litmus"
)

var goBlock = regexp.MustCompile("(?ms)^```go\n(.*?)^```$")

// What the documents show must compile.
func TestDocumentsCompile(t *testing.T) {
	root, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"docs/from-refcount.md", "docs/from-rwmutex.md"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		blocks := goBlock.FindAllSubmatch(text, -1)
		if len(blocks) != 2 {
			t.Errorf("%s: %d blocks of Go, want one before and one after", name, len(blocks))
		}
		module := t.TempDir()
		write := func(file string, content []byte) {
			path := filepath.Join(module, file)
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		write("go.mod", fmt.Appendf(nil, "module documents\n\ngo 1.25.0\n\nrequire hazptr v0.0.0\n\nreplace hazptr => %s\n", root))
		for i, block := range blocks {
			write(fmt.Sprintf("block%d/block.go", i), block[1])
		}
		t.Chdir(module)
		litmus.Go(t, []string{"GOWORK=off", "GOFLAGS="}, "vet", "./...")
		t.Chdir(root)
	}
}

package hazptr

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"hazptr/internal/litmus"
)

var goBlock = regexp.MustCompile("(?ms)^```go\n(.*?)^```$")

// What the documents show must compile.
func TestDocumentsCompile(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds programs")
	}
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
		if len(blocks) != 3 {
			t.Errorf("%s: %d blocks of Go, want one with live, one before and one after", name, len(blocks))
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
		write("go.mod", fmt.Appendf(nil, "module documents\n\ngo 1.25.0\n\nrequire hazptr v0.0.0\n\nreplace hazptr => %q\n", root))
		for i, block := range blocks {
			write(fmt.Sprintf("block%d/block.go", i), block[1])
		}
		t.Chdir(module)
		litmus.Go(t, []string{"GOWORK=off", "GOFLAGS="}, "vet", "./...")
		t.Chdir(root)
	}
}

// Every exported type has an example of its own, but for options, which the
// examples of what takes them show.
func TestEveryTypeHasAnExample(t *testing.T) {
	for _, folder := range []string{".", "percpuref", "srcu", "rcu", "cachedref", "gate", "live"} {
		types, examples := map[string]bool{}, map[string]bool{}
		files, err := filepath.Glob(filepath.Join(folder, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			isTest := strings.HasSuffix(name, "_test.go")
			for _, declaration := range file.Decls {
				switch d := declaration.(type) {
				case *ast.FuncDecl:
					if isTest && d.Recv == nil && strings.HasPrefix(d.Name.Name, "Example") {
						examples[strings.TrimPrefix(d.Name.Name, "Example")] = true
					}
				case *ast.GenDecl:
					for _, spec := range d.Specs {
						if s, ok := spec.(*ast.TypeSpec); ok && !isTest && s.Name.IsExported() {
							types[s.Name.Name] = true
						}
					}
				}
			}
		}
		if len(types) == 0 {
			t.Errorf("%s: no exported type", folder)
		}
		for name := range types {
			if !examples[name] && !strings.HasSuffix(name, "Options") {
				t.Errorf("%s: no Example%s", folder, name)
			}
		}
	}
}

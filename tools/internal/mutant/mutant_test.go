package mutant

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Each must fit the library as it is, and be Go.
func TestFit(t *testing.T) {
	source, err := Source(t.Context())
	if err != nil {
		t.Skip(err)
	}
	names := make(map[string]bool)
	for _, m := range All {
		if names[m.Name] || m.Name == "" || m.Rule == "" {
			t.Errorf("mutant %q: its name is not its own, or it breaks no rule", m.Name)
		}
		names[m.Name] = true
		if m.Model != "" {
			file, name, _ := strings.Cut(m.Model, " ")
			model, err := os.ReadFile(filepath.Join(source, file))
			if err != nil {
				t.Errorf("mutant %s: %v", m.Name, err)
			} else if name == "" || !strings.Contains(string(model), "\n// mutant "+name+":") {
				t.Errorf("mutant %s: %s has no mutant %q that .ci/run would refute", m.Name, file, name)
			}
		}
		if m.Tag != "" {
			continue
		}
		text, err := m.Text(source)
		if err != nil {
			t.Error(err)
			continue
		}
		if _, err := parser.ParseFile(token.NewFileSet(), m.File, text, 0); err != nil {
			t.Errorf("mutant %s: %v", m.Name, err)
		}
	}
}

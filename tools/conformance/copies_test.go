package conformance

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Each of these must not be copied once it is used.
var uncopied = map[string]string{
	"holder":     "hazptr.NewHolder[int]()",
	"reader":     "rcu.New().NewReader()",
	"rcuDomain":  "rcu.New()",
	"srcuDomain": "srcu.New()",
	"perP":       "percpuref.New(func() {})",
	"cached":     "cachedref.New(new(int), func(*int) {})",
	"cache":      "cachedref.NewCache[int]()",
	"frozen":     "gate.New()",
}

// go vet finds copies in a user's program.
func TestVetFindsCopies(t *testing.T) {
	if testing.Short() {
		t.Skip("runs go vet")
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	var program strings.Builder
	program.WriteString("package main\n\nimport (\n\t\"hazptr\"\n")
	for _, name := range []string{"cachedref", "gate", "percpuref", "rcu", "srcu"} {
		fmt.Fprintf(&program, "\t\"hazptr/%s\"\n", name)
	}
	program.WriteString(")\n\nfunc main() {\n")
	for name, made := range uncopied {
		fmt.Fprintf(&program, "\t%[1]sPointer := %[2]s\n\t%[1]s := *%[1]sPointer\n\t_ = &%[1]s\n", name, made)
	}
	program.WriteString("}\n")
	folder := t.TempDir()
	for name, text := range map[string]string{
		"main.go": program.String(),
		"go.mod":  fmt.Sprintf("module copies\n\ngo 1.25.0\n\nrequire hazptr v0.0.0\n\nreplace hazptr => %q\n", root),
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	vet := exec.Command("go", "vet", ".")
	vet.Dir, vet.Env = folder, append(os.Environ(), "GOWORK=off")
	said, err := vet.CombinedOutput()
	if err == nil {
		t.Errorf("go vet finds no copies")
	}
	for name := range uncopied {
		if !strings.Contains(string(said), "assignment copies lock value to "+name+":") {
			t.Errorf("go vet does not find the copy in %s:\n%s", name, said)
		}
	}
}

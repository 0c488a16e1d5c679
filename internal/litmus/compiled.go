package litmus

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"hazptr/internal/long"
)

// A Program has the paths of functions by their names.
type Program map[string]Path

// A Path is the instructions of a function, one a line, up to its first return:
// what comes after it is off the path.
type Path []string

// Compile builds testdata/compiled for linux, in a module of its own as a
// user's program is, and returns the functions of its package main and of the
// package under test.
func Compile(t *testing.T, goarch, tags string) Program {
	t.Helper()
	if testing.Short() {
		t.Skip("builds a program")
	}
	if goarch != runtime.GOARCH {
		long.Only(t, "it builds the standard library for "+goarch)
	}
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS("testdata/compiled")); err != nil {
		t.Fatal(err)
	}
	tested := strings.Split(strings.TrimSpace(Go(t, nil, "list", "-f", "{{.ImportPath}}\n{{.Module.Path}}\n{{.Module.Dir}}", ".")), "\n")
	module := fmt.Sprintf("module compiled\n\ngo 1.25.0\n\nrequire %[1]s v0.0.0\n\nreplace %[1]s => %[2]q\n", tested[1], tested[2])
	if err := os.WriteFile(filepath.Join(folder, "go.mod"), []byte(module), 0o600); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(folder, "compiled")
	Go(t, []string{"GOOS=linux", "GOARCH=" + goarch, "CGO_ENABLED=0", "GOWORK=off", "GOFLAGS=-buildvcs=false"}, "build", "-C", folder, "-ldflags=-w", "-tags", tags, "-o", file, ".")
	program, function, returned := Program{}, "", false
	for _, line := range strings.Split(Go(t, nil, "tool", "objdump", "-s", `^(main|`+regexp.QuoteMeta(tested[0])+`(/internal/hazard)?)\.`, file), "\n") {
		// "TEXT main.read(SB) /folder/main.go"
		if text, ok := strings.CutPrefix(line, "TEXT "); ok {
			function, _, _ = strings.Cut(text, "(SB)")
			returned = false
			continue
		}
		// "  main.go:16\t0x4a2b1f\t\t488b08\t\tMOVQ 0(AX), CX\t"
		fields := strings.Split(strings.TrimSpace(line), "\t")
		if len(fields) < 4 || returned {
			continue
		}
		instruction := strings.TrimSpace(fields[len(fields)-1])
		program[function] = append(program[function], instruction)
		returned = strings.HasPrefix(instruction, "RET")
	}
	return program
}

// Path returns the path of one of p's functions.
func (p Program) Path(t *testing.T, function string) Path {
	t.Helper()
	path := p[function]
	if len(path) == 0 || !strings.HasPrefix(path[len(path)-1], "RET") {
		t.Fatalf("no function %s that returns:\n%s", function, path)
	}
	return path
}

func (p Path) String() string { return strings.Join(p, "\n") }

// Find returns the index of the first instruction from i on that matches
// pattern, and fails if there is none.
func (p Path) Find(t *testing.T, i int, pattern, what string) int {
	t.Helper()
	re := regexp.MustCompile(pattern)
	for ; i < len(p); i++ {
		if re.MatchString(p[i]) {
			return i
		}
	}
	t.Fatalf("%s: no %s in\n%s", what, pattern, p)
	return 0
}

// Count returns how many instructions match pattern.
func (p Path) Count(pattern string) (n int) {
	re := regexp.MustCompile(pattern)
	for _, instruction := range p {
		if re.MatchString(instruction) {
			n++
		}
	}
	return n
}

// What should not be on a fast path on amd64.
const (
	Call   = `^CALL`
	Locked = `^(LOCK|[A-Z]*FENCE)|^XCHG.*\(`
)

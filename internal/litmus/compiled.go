package litmus

import (
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"hazptr/internal/long"
)

// A Path is the instructions of a function, one a line, up to its first return: what comes after it is off the path.
type Path []string

// Compiled builds testdata/compiled for linux and returns the path of a function of its package main.
func Compiled(t *testing.T, goarch, tags, function string) Path {
	t.Helper()
	if testing.Short() {
		t.Skip("builds a program")
	}
	if goarch != runtime.GOARCH {
		long.Only(t, "it builds the standard library for "+goarch)
	}
	program := filepath.Join(t.TempDir(), "compiled")
	Go(t, []string{"GOOS=linux", "GOARCH=" + goarch, "CGO_ENABLED=0", "GOFLAGS=-buildvcs=false"}, "build", "-ldflags=-w", "-tags", tags, "-o", program, "./testdata/compiled")
	var path Path
	for _, line := range strings.Split(Go(t, nil, "tool", "objdump", "-s", "^"+regexp.QuoteMeta(function)+"$", program), "\n") {
		// "  main.go:16\t0x4a2b1f\t\t488b08\t\tMOVQ 0(AX), CX\t"
		fields := strings.Split(strings.TrimSpace(line), "\t")
		if len(fields) < 4 {
			continue
		}
		instruction := strings.TrimSpace(fields[len(fields)-1])
		path = append(path, instruction)
		if strings.HasPrefix(instruction, "RET") {
			return path
		}
	}
	t.Fatalf("no function %s that returns:\n%s", function, path)
	return nil
}

func (p Path) String() string { return strings.Join(p, "\n") }

// Find returns the index of the first instruction from i on that matches pattern, and fails if there is none.
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

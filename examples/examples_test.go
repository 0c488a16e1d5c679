// Package examples has programs that show hazptr at work. Each is one file, and
// checks itself: go run ./examples/NAME
package examples

import (
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"hazptr/internal/long"
	"hazptr/internal/race"
)

// needs tells what an example can't do without.
var needs = map[string]func() string{
	"mapping":  unix,
	"model":    unix,
	"reload":   unix,
	"segments": unix,
	"server":   unix,
	"cmemory": func() string {
		if enabled, err := exec.Command("go", "env", "CGO_ENABLED").Output(); err != nil || strings.TrimSpace(string(enabled)) != "1" {
			return "cgo"
		}
		if _, err := exec.LookPath("gcc"); err != nil {
			return "a C compiler"
		}
		return ""
	},
}

// arguments make an example short.
var arguments = map[string][]string{"reload": {"-for", "1s"}}

func unix() string {
	if runtime.GOOS == "windows" || runtime.GOOS == "plan9" || runtime.GOOS == "js" || runtime.GOOS == "wasip1" {
		return "a Unix system"
	}
	return ""
}

func TestExamples(t *testing.T) {
	long.Only(t, "it builds and runs each program")
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("needs the go command")
	}
	programs, err := filepath.Glob("*/main.go")
	if err != nil || len(programs) < 11 {
		t.Fatalf("programs %v, %v", programs, err)
	}
	for _, program := range programs {
		name := filepath.Dir(program)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if need := needs[name]; need != nil {
				if what := need(); what != "" {
					t.Skip("needs " + what)
				}
			}
			args := []string{"run"}
			if race.Enabled {
				args = append(args, "-race")
			}
			out, err := exec.Command("go", append(append(args, "./"+name), arguments[name]...)...).CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			t.Logf("%s", out)
		})
	}
}

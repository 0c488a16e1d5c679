package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"hazptr/internal/long"
)

const faulty = `package faulty

import "hazptr"

type config struct{ name string }

var current hazptr.Pointer[config]

func name() string {
	g := current.Acquire()
	return g.Ptr().name
}

func next(h *hazptr.Holder[config]) string {
	c := current.Protect(h)
	h.Clear()
	return c.name
}
`

// A program that uses the real packages is checked by go vet and by hazptrvet
// itself, and mended.
func TestProgram(t *testing.T) {
	long.Only(t, "it builds hazptrvet, and what the program needs")
	folder := t.TempDir()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(folder, "hazptrvet.exe")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	source := filepath.Join(folder, "faulty.go")
	write(t, source, faulty)
	write(t, filepath.Join(folder, "go.mod"), "module faulty\n\ngo 1.25.0\n\nrequire hazptr v0.0.0\n\nreplace hazptr => "+strconv.Quote(root)+"\n")
	run := func(name string, arguments ...string) (string, bool) {
		c := exec.Command(name, arguments...)
		c.Dir = folder
		c.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=")
		out, err := c.CombinedOutput()
		return string(out), err == nil
	}

	for _, command := range [][]string{{"go", "vet", "-vettool=" + program, "./..."}, {program, "./..."}} {
		out, ok := run(command[0], command[1:]...)
		if ok {
			t.Errorf("%v finds nothing: %s", command, out)
		}
		for _, wanted := range []string{"faulty.go:10:7: this Guard is never released", "faulty.go:17:11: the object is used after line 16"} {
			if !strings.Contains(out, wanted) {
				t.Errorf("%v: no %q in %s", command, wanted, out)
			}
		}
	}
	if out, ok := run("go", "vet", "-vettool="+program, "-protection=false", "./..."); ok || strings.Contains(out, "used after") {
		t.Errorf("with -protection=false: %s", out)
	}
	run(program, "-fix", "-guard", "./...")
	fixed, err := os.ReadFile(source)
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.Replace(faulty, "Acquire()\n", "Acquire()\n\tdefer g.Release()\n", 1); string(fixed) != want {
		t.Errorf("fixed: %s", fixed)
	}
	if out, ok := run(program, "-guard", "./..."); !ok {
		t.Errorf("it is not content with its own fix: %s", out)
	}
}

func write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

package fence

import (
	"context"
	"errors"
	"go/build/constraint"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

func TestChoose(t *testing.T) {
	refused := errors.New("operation not permitted")
	for _, c := range []struct {
		value, system string
		refused       error
		stop          bool
		registers     bool
		err           string // part of it; "": none
	}{
		{"", "linux", nil, false, true, ""},
		{"", "linux", refused, true, true, ""},
		{"", "android", nil, true, false, ""},
		{"stw", "linux", nil, true, false, ""},
		{"stw", "android", nil, true, false, ""},
		{"membarrier", "linux", nil, false, true, ""},
		{"membarrier", "android", nil, false, true, ""},
		{"membarrier", "linux", refused, false, true, "operation not permitted"},
		{"mfence", "linux", nil, false, false, `HAZPTR_FENCE="mfence": want membarrier or stw`},
	} {
		registers := false
		stop, err := choose(c.value, c.system, func() error { registers = true; return c.refused })
		if stop != c.stop || registers != c.registers || (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("choose(%q, %q), refused: %v, = %t, %v; it registers: %t", c.value, c.system, c.refused, stop, err, registers)
		}
	}
}

// child runs this test binary again, to run only the test named, with the
// environment variables set.
func child(t *testing.T, name string, variables ...string) (string, error) {
	t.Helper()
	// It may lose its main thread, and hang.
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0], "-test.run", "^"+name+"$", "-test.v")
	cmd.Env = append(os.Environ(), variables...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func TestBadVariableStopsTheProgram(t *testing.T) {
	out, err := child(t, "TestChoose", Variable+"=mfence")
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 2 {
		t.Fatalf("%v, want exit status 2\n%s", err, out)
	}
	if out != "hazptr: HAZPTR_FENCE=\"mfence\": want membarrier or stw, or leave it unset\n" {
		t.Fatalf("it said: %s", out)
	}
}

func BenchmarkHeavy(b *testing.B) {
	b.Log(Kind())
	for range b.N {
		Heavy()
	}
}

// A Mark that is a plain store relies on a Publish that is one. After a Publish
// that carries the fence nothing would order it.
func TestMarkIsAsPublish(t *testing.T) {
	lines := make(map[string]constraint.Expr)
	for _, file := range []string{"publish_plain.go", "publish_atomic.go", "mark_plain.go", "mark_atomic.go"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		line, _, _ := strings.Cut(string(text), "\n")
		if lines[file], err = constraint.Parse(line); err != nil {
			t.Fatal(err)
		}
	}
	tags := []string{"linux", "windows", "darwin", "amd64", "arm64", "gc", "race", "hazptr_readerfence", "hazptr_nofence"}
	for set := range 1 << len(tags) {
		has := func(file string) bool {
			return lines[file].Eval(func(tag string) bool {
				for i, name := range tags {
					if name == tag {
						return set>>i&1 != 0
					}
				}
				t.Fatalf("%s: tag %q is not among the tags that are tried", file, tag)
				return false
			})
		}
		if has("mark_plain.go") != has("publish_plain.go") || has("mark_atomic.go") != has("publish_atomic.go") || has("mark_plain.go") == has("mark_atomic.go") {
			t.Errorf("tags %09b of %v: a plain Mark goes with a Publish that isn't, or the other way round", set, tags)
		}
	}
}

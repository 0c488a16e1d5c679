package mutant

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
)

func TestWhy(t *testing.T) {
	for output, want := range map[string]string{
		"":                                  "no reason is known",
		"working\npanic: boom\n\ngoroutine": "panic: boom",
		"x\nfatal error: stack\n[signal 11]\nmore\n": "fatal error: stack [signal 11]",
		"reftorture: no memory":                      "reftorture: no memory",
	} {
		if why := Why(output); why != want {
			t.Errorf("%q: %q, want %q", output, why, want)
		}
	}
}

// What does not build is told, and nothing is built after an interrupt.
func TestBuild(t *testing.T) {
	source, err := Source(t.Context())
	if err != nil {
		t.Skip(err)
	}
	path := filepath.Join(t.TempDir(), "program")
	if _, err := Build(t.Context(), source, path, "hazptr/none"); err == nil || !strings.Contains(err.Error(), "go build hazptr/none: ") {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Build(ctx, source, path, "hazptr/examples/config"); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

package main

import (
	"path/filepath"
	"testing"

	"hazptr/internal/long"
	"hazptr/tools/loads/internal/outside"
)

// A program outside takes the patched badger as the page says, and goes back.
func TestExport(t *testing.T) {
	long.Only(t, "it builds programs, and runs badger's tests")
	exported := filepath.Join(t.TempDir(), "badger")
	if status, out, problems := runProgram(t.Context(), "-dir", t.TempDir(), "-export", exported); status != 0 || out != "" || problems != "" {
		t.Fatalf("status %d, stdout %q, stderr %q", status, out, problems)
	}
	user := outside.Program(t, filepath.Join("testdata", "user"), plan.Module.Path+" "+badgerVersion)
	for _, c := range []struct {
		commands       []string
		patience, want string
	}{
		{nil, "300ms", "the file stays, 400 values\n"}, // for ever
		{outside.Commands(t, exported, "Take it"), "1h", "the file went, 400 values\n"},
		{outside.Commands(t, exported, "Go back"), "300ms", "the file stays, 400 values\n"},
	} {
		for _, line := range c.commands {
			outside.Run(t, user, line)
		}
		if got := outside.Run(t, user, "go run . data "+c.patience); got != c.want {
			t.Errorf("after %q: %q, want %q", c.commands, got, c.want)
		}
	}
	for _, line := range outside.Commands(t, exported, "Tests") {
		t.Logf("%s: %s", line, outside.Run(t, exported, line))
	}
}

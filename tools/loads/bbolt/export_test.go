package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hazptr/internal/command"
	"hazptr/internal/long"
	"hazptr/tools/loads/internal/outside"
)

// A program outside takes the patched bbolt as the page says, and goes back.
func TestExport(t *testing.T) {
	long.Only(t, "it builds programs, and runs bbolt's tests")
	exported := filepath.Join(t.TempDir(), "bbolt")
	if status, out, problems := runProgram(t.Context(), "-dir", t.TempDir(), "-export", exported); status != 0 || out != "" || problems != "" {
		t.Fatalf("status %d, stdout %q, stderr %q", status, out, problems)
	}
	user := outside.Program(t, filepath.Join("testdata", "user"), "go.etcd.io/bbolt "+bboltVersion)
	for _, c := range []struct {
		commands       []string
		patience, want string
	}{
		// For ever, if the reader didn't go.
		{nil, "300ms", "the writer waited, 4000 values\n"},
		{outside.Commands(t, exported, "Take it"), "1h", "the writer did not wait, 8000 values\n"},
		{outside.Commands(t, exported, "Go back"), "300ms", "the writer waited, 12000 values\n"},
	} {
		for _, line := range c.commands {
			outside.Run(t, user, line)
		}
		if got := outside.Run(t, user, "go run . data.db "+c.patience); got != c.want {
			t.Errorf("after %q: %q, want %q", c.commands, got, c.want)
		}
	}
	for _, line := range outside.Commands(t, exported, "Tests") {
		t.Logf("%s: %s", line, outside.Run(t, exported, line))
	}
}

func TestExportToUnusableFolder(t *testing.T) {
	full := t.TempDir()
	file := filepath.Join(full, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for folder, want := range map[string]string{
		full:                       "is not empty",
		file:                       "is not a folder",
		filepath.Join(file, "new"): "file",
		"":                         "the path is empty",
	} {
		status, out, problems := runProgram(t.Context(), "-export="+folder)
		if status != command.Usage || out != "" || !strings.HasPrefix(problems, "bbolt: --export: ") || !strings.Contains(problems, folder) || !strings.Contains(problems, want) {
			t.Errorf("%s: status %d, stdout %q, stderr %q", folder, status, out, problems)
		}
	}
}

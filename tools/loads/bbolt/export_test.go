package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"hazptr/internal/command"
	"hazptr/internal/long"
)

// runIn runs a command line in a folder, without a workspace, and returns what
// it prints.
func runIn(t *testing.T, folder, line string) string {
	t.Helper()
	words := strings.Fields(line)
	cmd := exec.CommandContext(t.Context(), words[0], words[1:]...)
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=", "PWD="+folder)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", line, err, out)
	}
	return string(out)
}

// goLines are the commands of a page's section.
func goLines(t *testing.T, page, heading string) []string {
	t.Helper()
	_, section, _ := strings.Cut(page, "\n## "+heading+"\n")
	section, _, _ = strings.Cut(section, "\n## ")
	lines := regexp.MustCompile(`(?m)^    go .*`).FindAllString(section, -1)
	if len(lines) == 0 {
		t.Fatalf("no commands under %s:\n%s", heading, page)
	}
	return lines
}

// A program outside takes the patched bbolt as the page says, and goes back.
func TestExport(t *testing.T) {
	long.Only(t, "it builds programs, and runs bbolt's tests")
	exported, user := filepath.Join(t.TempDir(), "bbolt"), t.TempDir()
	if status, out, problems := runProgram(t.Context(), "-dir", t.TempDir(), "-export", exported); status != 0 || out != "" || problems != "" {
		t.Fatalf("status %d, stdout %q, stderr %q", status, out, problems)
	}
	text, err := os.ReadFile(filepath.Join(exported, "HAZPTR.md"))
	if err != nil {
		t.Fatal(err)
	}
	page := string(text)

	if err := os.CopyFS(user, os.DirFS(filepath.Join("testdata", "user"))); err != nil {
		t.Fatal(err)
	}
	const original = "module example.com/user\n\ngo 1.25.0\n\nrequire go.etcd.io/bbolt " + bboltVersion + "\n"
	if err := os.WriteFile(filepath.Join(user, "go.mod"), []byte(original), 0o600); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(user, "data.db")
	for _, c := range []struct {
		lines          []string
		patience, want string
	}{
		{[]string{"go mod tidy"}, "300ms", "the writer waited, 4000 values\n"}, // for ever, if the reader didn't go
		{goLines(t, page, "Take it"), "1h", "the writer did not wait, 8000 values\n"},
		{goLines(t, page, "Go back"), "300ms", "the writer waited, 12000 values\n"},
	} {
		for _, line := range c.lines {
			runIn(t, user, line)
		}
		if got := runIn(t, user, "go run . "+file+" "+c.patience); got != c.want {
			t.Errorf("after %q: %q, want %q", c.lines, got, c.want)
		}
	}
	for _, line := range goLines(t, page, "Tests") {
		t.Logf("%s: %s", line, runIn(t, exported, line))
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

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"hazptr/internal/long"
)

// A program outside that compacts in the middle of a listing dies with the
// original, and lives with the exported module, whose own tests pass.
func TestExport(t *testing.T) {
	long.Only(t, "it builds programs, and runs kopia's tests")
	exported, user := filepath.Join(t.TempDir(), "kopia"), t.TempDir()
	if status, out, problems := runProgram(t.Context(), "-dir", t.TempDir(), "-export", exported); status != 0 || out != "" || problems != "" {
		t.Fatalf("status %d, stdout %q, stderr %q", status, out, problems)
	}
	page, err := os.ReadFile(filepath.Join(exported, "HAZPTR.md"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(user, os.DirFS(filepath.Join("testdata", "user"))); err != nil {
		t.Fatal(err)
	}
	module := "module example.com/user\n\ngo 1.25.0\n\nrequire github.com/kopia/kopia " + kopiaVersion + "\n"
	if err := os.WriteFile(filepath.Join(user, "go.mod"), []byte(module), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(folder, line string) (string, error) {
		words := strings.Fields(line)
		cmd := exec.CommandContext(t.Context(), words[0], words[1:]...)
		cmd.Dir = folder
		cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=", "PWD="+folder)
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	// The page has two lines to take it, one of the tests, and two to go back.
	lines := regexp.MustCompile(`(?m)^    (go .*)$`).FindAllStringSubmatch(string(page), -1)
	if len(lines) < 5 || !strings.HasPrefix(lines[2][1], "go test ") {
		t.Fatalf("%q", lines)
	}
	for _, line := range []string{"go mod tidy", "", lines[0][1], lines[1][1]} {
		if line != "" {
			if out, err := run(user, line); err != nil {
				t.Fatalf("%s: %v\n%s", line, err, out)
			}
			continue
		}
		if out, err := run(user, "go run . "+t.TempDir()); err == nil || !died(out) {
			t.Errorf("the original: %v, %s", err, out)
		}
	}
	if out, err := run(user, "go run . "+t.TempDir()); err != nil || out != "4000 contents\n" {
		t.Errorf("%v: %s", err, out)
	}
	if out, err := run(exported, lines[2][1]); err != nil {
		t.Errorf("%s: %v\n%s", lines[2][1], err, out)
	}
}

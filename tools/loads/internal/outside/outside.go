// Package outside is for tests of what -export writes: it does with it what the
// author of another program does.
package outside

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Run runs a line for the shell in a folder, without a workspace, and returns
// what it prints. The test ends if it fails.
func Run(t testing.TB, folder, line string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "sh", "-c", line)
	cmd.Dir = folder
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=", "PWD="+folder)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", line, err, out)
	}
	return string(out)
}

// Program makes a program of the files in source, in a folder of its own. It
// requires a module, "go.etcd.io/bbolt v1.5.0", and is ready to be built with
// that.
func Program(t testing.TB, source, requires string) (folder string) {
	t.Helper()
	folder = t.TempDir()
	if err := os.CopyFS(folder, os.DirFS(source)); err != nil {
		t.Fatal(err)
	}
	mod := "module example.com/user\n\ngo 1.25.0\n\nrequire " + requires + "\n"
	if err := os.WriteFile(filepath.Join(folder, "go.mod"), []byte(mod), 0o600); err != nil {
		t.Fatal(err)
	}
	Run(t, folder, "go mod tidy")
	return folder
}

var goLine = regexp.MustCompile(`(?m)^    go .*`)

// Commands returns the go commands under a heading of an exported module's
// page.
func Commands(t testing.TB, exported, heading string) []string {
	t.Helper()
	page, err := os.ReadFile(filepath.Join(exported, "HAZPTR.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(page), "\n## "+heading+"\n")
	section, _, _ = strings.Cut(section, "\n## ")
	lines := goLine.FindAllString(section, -1)
	if len(lines) == 0 {
		t.Fatalf("no commands under %s:\n%s", heading, page)
	}
	return lines
}

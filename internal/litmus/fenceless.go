package litmus

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"hazptr/internal/fence"
)

// Go runs the go command and returns what it prints. It skips the test where
// there is no go command.
func Go(t *testing.T, env []string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("needs the go command")
	}
	cmd := exec.Command("go", args...)
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// Fenceless builds the package under test with tags that take a fence away.
// Each of the tests must then fail, and say one of the words that are given for
// it.
//
// On two cores of its own each does within seconds. On a busy machine it may
// need longer.
func Fenceless(t *testing.T, tags string, tests map[string][]string) {
	if kind := fence.Kind(); kind == fence.Readers || kind == fence.None {
		t.Skip("this build has no heavy fence to take away")
	}
	program := filepath.Join(t.TempDir(), "nofence.test")
	Go(t, []string{"GOFLAGS="}, "test", "-c", "-tags", tags, "-o", program, ".")
	for name, words := range tests {
		t.Run(name, func(t *testing.T) {
			out, err := exec.Command(program, "-test.run", "^"+name+"$", "-test.cpu", "2", "-ordering", "60s").CombinedOutput()
			if err != nil {
				for _, word := range words {
					if strings.Contains(string(out), word) {
						return
					}
				}
			}
			t.Fatalf("without the fence, it should have said one of %q: %v\n%s", words, err, out)
		})
	}
}

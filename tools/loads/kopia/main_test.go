package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hazptr/internal/command"
	"hazptr/internal/long"
)

func runProgram(ctx context.Context, args ...string) (status int, stdout, stderr string) {
	var out, problems bytes.Buffer
	status = kopia.Run(ctx, args, &out, &problems)
	return status, out.String(), problems.String()
}

// brief are arguments for a run that mostly builds.
func brief(t *testing.T, more ...string) []string {
	return append([]string{"-dir", t.TempDir(), "-short", "-rounds", "1", "-contents", "20000", "-listing", "1s", "-duration", "1s"}, more...)
}

func TestTable(t *testing.T) {
	long.Only(t, "it builds programs")
	args := brief(t, "-rounds", "2")
	status, out, problems := runProgram(t.Context(), args...)
	if status != 0 || problems != "" {
		t.Fatalf("status %d, stderr %q\n%s", status, problems, out)
	}
	// An index may be dropped between a listing and the next.
	for _, want := range []string{
		"github.com/kopia/kopia@v0.21.1", "as it is", "+3 −2",
		"\nformat 3, listing: original ", "died ", "; locked alive 2 of 2; counted alive 2 of 2; hazptr alive 2 of 2\n",
		"\nformat 3, verifying: original ", "; counted alive 2 of 2; hazptr alive 2 of 2\n",
		"worst lookup of all", "index files mapped", "lower than with the lock", "Workers killed while they compact: 1.",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if left, err := os.ReadDir(args[1]); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func TestJSON(t *testing.T) {
	long.Only(t, "it builds programs")
	args := brief(t, "-versions", "1", "-format", "json", "-crashes", "0")
	status, out, problems := runProgram(t.Context(), args...)
	if status != 0 || problems != "" {
		t.Fatalf("status %d, stderr %q", status, problems)
	}
	var r report
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	if r.Load != "kopia" || r.Hurt == "" || r.Added == 0 || r.Removed == 0 || !r.OK || r.Verdict == "" || strings.ReplaceAll(r.Command, " --", " -") != "go run ./tools/loads/kopia "+strings.Join(args, " ") ||
		len(r.Figures) < 4 || len(r.Goals) != 1 || len(r.Lines) != 3 || len(r.Arms) != 2 {
		t.Errorf("unlikely: %+v", r)
	}
	for scenario, arms := range r.Arms {
		for _, a := range arms {
			if f := a.Figures; a.Alive > 0 && (f.Lookups.Count() == 0 || f.Listings == 0 || f.Compactions == 0 || f.Refreshes.Count() != f.Compactions || f.Took == 0 || len(a.Worst) != a.Alive) {
				t.Errorf("%s, %s: unlikely: %+v", scenario, a.Name, f)
			}
		}
	}
}

func TestDiff(t *testing.T) {
	long.Only(t, "it downloads kopia")
	status, out, problems := runProgram(t.Context(), "-dir", t.TempDir(), "-diff")
	if status != 0 || problems != "" || !strings.HasPrefix(out, "locked: +3 −2 lines:\n--- a/repo/content/") || !strings.Contains(out, "\n+\t\t\tdefer held.Release()") {
		t.Errorf("status %d, stderr %q\n%s", status, problems, out)
	}
}

func TestInterrupt(t *testing.T) {
	long.Only(t, "it builds programs")
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(time.Second, cancel)
	dir := t.TempDir()
	status, out, problems := runProgram(ctx, "-dir", dir, "-duration", "1h")
	if status != command.Interrupted || out != "" || problems != "kopia: interrupted\n" {
		t.Errorf("status %d, stdout %q, stderr %q", status, out, problems)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func TestUnusableFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{file, filepath.Join(t.TempDir(), "missing")} {
		status, out, problems := runProgram(t.Context(), "-dir", dir)
		if status != command.Failure || out != "" || !strings.HasPrefix(problems, "kopia: no folder to work in, which -dir chooses: ") || !strings.Contains(problems, dir) {
			t.Errorf("%s: status %d, stdout %q, stderr %q", dir, status, out, problems)
		}
	}
}

func TestModuleThatCannotBeHad(t *testing.T) {
	t.Setenv("GOPROXY", "off")
	t.Setenv("GOMODCACHE", t.TempDir())
	status, out, problems := runProgram(t.Context(), "-dir", t.TempDir())
	if status != command.Failure || out != "" || !strings.Contains(problems, "github.com/kopia/kopia@v0.21.1 is not in the module cache and can't be had") {
		t.Errorf("status %d, stdout %q, stderr %q", status, out, problems)
	}
}

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
	status = seaweedfs.Run(ctx, args, &out, &problems)
	return status, out.String(), problems.String()
}

func TestJSON(t *testing.T) {
	long.Only(t, "it downloads SeaweedFS and builds it")
	dir := t.TempDir()
	args := []string{"-dir", dir, "-short", "-volume", "10", "-changes", "100", "-client", "300ms", "-crashes", "1", "-format", "json"}
	status, out, problems := runProgram(t.Context(), args...)
	if status != 0 || problems != "" {
		t.Fatalf("status %d, stderr %q", status, problems)
	}
	var r report
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	if r.Load != "seaweedfs" || r.Hurt == "" || r.Added == 0 || r.Removed == 0 || !r.OK || r.Verdict == "" || len(r.Lines) != 3 || len(r.Reading) != 4 ||
		len(r.Goals) != 2 || r.Crashes.Killed != 1 || r.Crashes.Needles == 0 || strings.ReplaceAll(r.Command, " --", " -") != "go run ./tools/loads/seaweedfs "+strings.Join(args, " ") {
		t.Errorf("unlikely: %+v", r)
	}
	for _, f := range r.Figures {
		if strings.HasSuffix(f.Name, "read, worst") && (f.Before <= 0 || f.After <= 0) {
			t.Errorf("unlikely: %+v", f)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func TestBusted(t *testing.T) {
	long.Only(t, "it downloads SeaweedFS and builds it")
	status, out, problems := runProgram(t.Context(), "-dir", t.TempDir(), "-busted")
	if status != command.Failure || out != "" || !strings.Contains(problems, "the patch's rule was broken, and this came of it: ") {
		t.Errorf("status %d, stdout %q, stderr %q", status, out, problems)
	}
}

func TestDiff(t *testing.T) {
	long.Only(t, "it downloads SeaweedFS")
	status, out, problems := runProgram(t.Context(), "-dir", t.TempDir(), "-diff")
	if status != 0 || problems != "" || !strings.HasPrefix(out, "file kept: +3 −0 lines:\n") {
		t.Errorf("status %d, stderr %q\n%s", status, problems, out)
	}
	for _, want := range []string{"\nlock: +", "\nhazptr: +", "\n+\tif old, err := os.Open", "\n+func (v *Volume) loadBeside() error {", "\n+\tat, nv, ok := v.lookUp(n.Id)\n"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}

func TestInterrupt(t *testing.T) {
	long.Only(t, "it downloads SeaweedFS")
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(2*time.Second, cancel)
	dir := t.TempDir()
	status, out, problems := runProgram(ctx, "-dir", dir, "-client", "1h")
	if status != command.Interrupted || out != "" || problems != "seaweedfs: interrupted\n" {
		t.Errorf("status %d, stdout %q, stderr %q", status, out, problems)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func TestUnusableFolder(t *testing.T) {
	for _, dir := range []string{filepath.Join(t.TempDir(), "missing"), os.Args[0]} {
		status, out, problems := runProgram(t.Context(), "-dir", dir)
		if status != command.Failure || out != "" || !strings.HasPrefix(problems, "seaweedfs: no folder to work in, which -dir chooses: ") || !strings.Contains(problems, dir) {
			t.Errorf("%s: status %d, stdout %q, stderr %q", dir, status, out, problems)
		}
	}
}

func TestModuleThatCannotBeHad(t *testing.T) {
	t.Setenv("GOPROXY", "off")
	t.Setenv("GOMODCACHE", t.TempDir())
	status, out, problems := runProgram(t.Context(), "-dir", t.TempDir())
	if status != command.Failure || out != "" || !strings.Contains(problems, plan.Module.String()+" is not in the module cache and can't be had") {
		t.Errorf("status %d, stdout %q, stderr %q", status, out, problems)
	}
}

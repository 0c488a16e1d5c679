package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hazptr/internal/command"
	"hazptr/internal/long"
	"hazptr/tools/loads/internal/summary"
)

func runProgram(ctx context.Context, args ...string) (status int, stdout, stderr string) {
	var out, problems bytes.Buffer
	status = bbolt.Run(ctx, args, &out, &problems)
	return status, out.String(), problems.String()
}

// brief are arguments for a run of some seconds, most of them for building.
func brief(t *testing.T, more ...string) []string {
	return append([]string{"-dir", t.TempDir(), "-short", "-duration", "700ms", "-hold", "200ms", "-grow", "8MB", "-long", "0,3"}, more...)
}

func TestTable(t *testing.T) {
	long.Only(t, "it builds programs")
	args := brief(t)
	status, out, problems := runProgram(t.Context(), args...)
	if status != 0 || problems != "" {
		t.Fatalf("status %d, stderr %q\n%s", status, problems, out)
	}
	for _, want := range []string{"go.etcd.io/bbolt@v1.5.0", "lines added", "0 long readers", "3 long readers", "original", "patched", "View, worst", "p99.9", "mapped, at most",
		"worst View lower", "Views done in the same time", "Workers killed: 1"} {
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
	picture := filepath.Join(t.TempDir(), "picture.svg")
	args := brief(t, "-format", "json", "-crashes", "0", "-long", "2", "-svg", picture)
	status, out, problems := runProgram(t.Context(), args...)
	if status != 0 || problems != "" {
		t.Fatalf("status %d, stderr %q", status, problems)
	}
	var r report
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	if r.Load != "bbolt" || r.Hurt == "" || r.Added == 0 || r.Removed == 0 || !r.OK || r.Verdict == "" || strings.ReplaceAll(r.Command, " --", " -") != "go run ./tools/loads/bbolt "+strings.Join(args, " ") ||
		len(r.Figures) != len(rows)+2*(wayCount-2) || len(r.Goals) != 2 || r.Stall == nil {
		t.Errorf("unlikely: %+v", r)
	}
	if svg, err := os.ReadFile(picture); err != nil || !strings.Contains(string(svg), " Views, worst ") {
		t.Errorf("%v: a picture of %d bytes", err, len(svg))
	}
	for _, f := range r.Figures[:4] {
		if f.Before <= 0 || f.After <= 0 {
			t.Errorf("unlikely: %+v", f)
		}
	}
}

func TestDiff(t *testing.T) {
	long.Only(t, "it downloads bbolt")
	status, out, problems := runProgram(t.Context(), "-dir", t.TempDir(), "-diff")
	if status != 0 || problems != "" || !strings.HasPrefix(out, "--- /dev/null\n+++ b/mapping.go\n") || !strings.Contains(out, "\n-\tmmaplock sync.RWMutex") {
		t.Errorf("status %d, stderr %q\n%s", status, problems, out)
	}
	var broken bytes.Buffer
	if status := bbolt.Run(t.Context(), []string{"-dir", t.TempDir(), "-diff"}, brokenPipe{}, &broken); status != command.Failure || !strings.Contains(broken.String(), "broken pipe") {
		t.Errorf("status %d, stderr %q", status, broken.String())
	}
}

func TestInterrupt(t *testing.T) {
	long.Only(t, "it builds programs")
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(time.Second, cancel)
	began := time.Now()
	dir := t.TempDir()
	status, out, problems := runProgram(ctx, "-dir", dir, "-duration", "1h")
	if status != command.Interrupted || out != "" || problems != "bbolt: interrupted\n" {
		t.Errorf("status %d, stdout %q, stderr %q", status, out, problems)
	}
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("took %v", took)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func TestUnusableFolder(t *testing.T) {
	// A file where the folder should be is in root's way, too.
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	readOnly := filepath.Join(t.TempDir(), "readonly")
	if err := os.Mkdir(readOnly, 0o555); err != nil {
		t.Fatal(err)
	}
	dirs := []string{file, filepath.Join(file, "in"), filepath.Join(t.TempDir(), "missing")}
	if os.Geteuid() != 0 { // root may write everywhere
		dirs = append(dirs, readOnly)
	}
	for _, dir := range dirs {
		status, out, problems := runProgram(t.Context(), "-dir", dir)
		if status != command.Failure || out != "" || !strings.HasPrefix(problems, "bbolt: no folder to work in, which -dir chooses: ") || !strings.Contains(problems, dir) {
			t.Errorf("%s: status %d, stdout %q, stderr %q", dir, status, out, problems)
		}
	}
}

func TestModuleThatCannotBeHad(t *testing.T) {
	t.Setenv("GOPROXY", "off")
	t.Setenv("GOMODCACHE", t.TempDir())
	status, out, problems := runProgram(t.Context(), "-dir", t.TempDir())
	if status != command.Failure || out != "" || !strings.Contains(problems, "go.etcd.io/bbolt@v1.5.0 is not in the module cache and can't be had") {
		t.Errorf("status %d, stdout %q, stderr %q", status, out, problems)
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestOutputFails(t *testing.T) {
	r := testReport()
	for _, format := range []string{"table", "json"} {
		if err := summary.Write(brokenPipe{}, format, r); err == nil {
			t.Errorf("%s: no error", format)
		}
	}
}

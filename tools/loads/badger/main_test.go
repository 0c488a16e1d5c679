package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"hazptr/internal/command"
	"hazptr/internal/long"
)

func runProgram(ctx context.Context, args ...string) (status int, stdout, stderr string) {
	var out, problems bytes.Buffer
	status = load.Run(ctx, args, &out, &problems)
	return status, out.String(), problems.String()
}

func TestTable(t *testing.T) {
	long.Only(t, "it builds programs")
	dir := t.TempDir()
	status, out, problems := runProgram(t.Context(), "-dir", dir, "-short", "-duration", "1s", "-iterators", "0,1,2")
	if status != 0 || problems != "" {
		t.Fatalf("status %d, stderr %q\n%s", status, problems, out)
	}
	for _, want := range []string{plan.Module.String(), "plain Go: +", "hazptr: +", "no iterator", "one iterator at a time", "2 iterators that overlap", "files at the end (wanted: 15 at most)", "Workers killed: "} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func TestJSON(t *testing.T) {
	long.Only(t, "it builds programs")
	status, out, problems := runProgram(t.Context(), "-dir", t.TempDir(), "-short", "-duration", "1s", "-iterators", "2", "-crashes", "0", "-format", "json")
	if status != 0 || problems != "" {
		t.Fatalf("status %d, stderr %q", status, problems)
	}
	var r report
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	if r.Load != "badger" || r.Hurt == "" || r.Added == 0 || r.Removed == 0 || !r.OK || r.Verdict == "" || len(r.Lines) != 2 || len(r.Figures) != len(rows) || len(r.Goals) != 1 || r.Growth == nil || len(r.Growth.Courses) != 3 {
		t.Errorf("unlikely: %+v", r)
	}
	for _, c := range r.Growth.Courses {
		if n := len(c.Amounts); n == 0 || c.Amounts[n-1].Value == 0 {
			t.Errorf("unlikely: %+v", c)
		}
	}
}

func TestBusted(t *testing.T) {
	long.Only(t, "it builds programs")
	for range 10 {
		status, out, problems := runProgram(t.Context(), "-dir", t.TempDir(), "-short", "-iterators", "3", "-crashes", "0", "-busted")
		if status == command.Failure && out == "" && strings.HasPrefix(problems, "badger: 3 iterators that overlap: hazptr: worker: key ") {
			return
		}
		if status != 0 {
			t.Fatalf("status %d, stderr %q", status, problems)
		}
	}
	t.Error("it was not noticed")
}

func TestDiff(t *testing.T) {
	long.Only(t, "it downloads badger")
	status, out, problems := runProgram(t.Context(), "-dir", t.TempDir(), "-diff")
	if status != 0 || problems != "" || !strings.HasPrefix(out, "plain Go: +") || !strings.Contains(out, "\nhazptr: +") || strings.Count(out, "\n-\tnumActiveIterators atomic.Int32") != 2 {
		t.Errorf("status %d, stderr %q\n%s", status, problems, out)
	}
}

func TestInterrupt(t *testing.T) {
	long.Only(t, "it downloads badger")
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(time.Second, cancel)
	dir := t.TempDir()
	status, out, problems := runProgram(ctx, "-dir", dir, "-duration", "1h")
	if status != command.Interrupted || out != "" || problems != "badger: interrupted\n" {
		t.Errorf("status %d, stdout %q, stderr %q", status, out, problems)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
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

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestOutputFails(t *testing.T) {
	long.Only(t, "it downloads badger")
	var problems bytes.Buffer
	status := load.Run(t.Context(), []string{"-dir", t.TempDir(), "-diff"}, brokenPipe{}, &problems)
	if status != command.Failure || !strings.Contains(problems.String(), "broken pipe") {
		t.Errorf("status %d, stderr %q", status, problems.String())
	}
}

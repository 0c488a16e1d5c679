package main

import (
	"bytes"
	"context"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hazptr/internal/command"
	"hazptr/internal/long"
	"hazptr/tools/loads/internal/pair"
	"hazptr/tools/loads/internal/patch"
	"hazptr/tools/loads/internal/suite"
)

func runProgram(ctx context.Context, args ...string) (status int, stdout, stderr string) {
	var out, problems bytes.Buffer
	status = run(ctx, args, &out, &problems)
	return status, out.String(), problems.String()
}

func TestEditsFit(t *testing.T) {
	if testing.Short() {
		t.Skip("copies pebble")
	}
	status, out, problems := runProgram(t.Context(), "-dir", t.TempDir(), "-diff")
	if status != 0 || problems != "" {
		t.Fatalf("status %d, stderr %q", status, problems)
	}
	for _, want := range []string{"+\treadState  hazptr.Pointer[readState]", "-\tstate.ref()", "+func (d *DB) awaitReaders() *readState {"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}

// The negative control, and the only test that builds pebble.
func TestBustedIsNoticed(t *testing.T) {
	long.Only(t, "it builds pebble")
	status, _, problems := runProgram(t.Context(), "-dir", t.TempDir(), "-busted")
	if status != command.Failure || !strings.Contains(problems, "readers are not safe") {
		t.Errorf("status %d, stderr %q", status, problems)
	}
}

// testReport is of given figures: every benchmark of the original takes 20 ns.
func testReport(t *testing.T, patched ...float64) *report {
	t.Helper()
	var found [2]pair.Found
	for _, ns := range patched {
		of := [2]map[string]float64{{}, {}}
		for _, r := range comparison.Rows {
			for i, c := range comparison.Columns {
				if name := comparison.Name(r, i); c.Patched {
					of[1][name] = ns
				} else {
					of[0][name] = 20
				}
			}
		}
		found[0].Add(of[0])
		found[1].Add(of[1])
	}
	r, err := newReport(&options{rounds: len(patched), benchtime: time.Second}, patch.Change{Added: 101, Removed: 20}, &found[0], &found[1], nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestReport(t *testing.T) {
	for want, patched := range map[string][]float64{
		"hold the readState, 1 CPU: hazptr is ahead of original (4.00 times)": {5, 5},
		"hold the readState, 1 CPU: hazptr is behind original (0.50 times)":   {40, 40},
		"hold the readState, 1 CPU: no difference seen to original":           {5, 40},
	} {
		r := testReport(t, patched...)
		var out strings.Builder
		if err := r.write(&out, "table"); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), want) || !strings.Contains(out.String(), "101 lines added, 20 removed") {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
	var out strings.Builder
	if err := testReport(t, 5).write(&out, "json"); err != nil {
		t.Fatal(err)
	}
	var r report
	if err := json.Unmarshal([]byte(out.String()), &r); err != nil {
		t.Fatal(err)
	}
	if r.Load != "pebble" || !r.OK || len(r.Figures) != len(comparison.Rows) || r.Figures[0].Before != 20 || r.Figures[0].After != 5 {
		t.Errorf("%+v", r.Summary)
	}
	if _, err := newReport(&options{}, patch.Change{}, &pair.Found{}, &pair.Found{}, nil); err == nil || !strings.Contains(err.Error(), "no benchmark") {
		t.Errorf("error %v", err)
	}
}

func TestBadOptions(t *testing.T) {
	for args, want := range map[string]string{
		"extra":          `unexpected argument "extra"`,
		"-rounds 0":      "-rounds 0: must be from 1 to 1000",
		"-benchtime 1us": "-benchtime 1µs: must be from 1ms",
		"-format xml":    `-format "xml"`,
	} {
		status, out, problems := runProgram(t.Context(), strings.Fields(args)...)
		if status != command.Usage || out != "" || !strings.Contains(problems, want) {
			t.Errorf("%s: status %d, stdout %q, stderr %q", args, status, out, problems)
		}
	}
}

func TestHelp(t *testing.T) {
	status, out, problems := runProgram(t.Context(), "-h")
	if status != 0 || problems != "" || !strings.Contains(out, "-busted") {
		t.Errorf("status %d, stdout %q, stderr %q", status, out, problems)
	}
}

func TestNoFolder(t *testing.T) {
	status, _, problems := runProgram(t.Context(), "-dir", filepath.Join(t.TempDir(), "missing"))
	if status != command.Failure || !strings.Contains(problems, "-dir chooses") {
		t.Errorf("status %d, stderr %q", status, problems)
	}
}

func TestModuleCannotBeHad(t *testing.T) {
	t.Setenv("GOPROXY", "off")
	t.Setenv("GOMODCACHE", t.TempDir())
	status, _, problems := runProgram(t.Context(), "-diff")
	if status != command.Failure || !strings.Contains(problems, "can't be had") {
		t.Errorf("status %d, stderr %q", status, problems)
	}
}

func TestInterrupt(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(300*time.Millisecond, cancel)
	status, out, problems := runProgram(ctx, "-dir", t.TempDir())
	if status != command.Interrupted || out != "" || problems != "pebble: interrupted\n" {
		t.Errorf("status %d, stdout %q, stderr %q", status, out, problems)
	}
}

func TestWorseSuiteIsNotOK(t *testing.T) {
	r := testReport(t, 5)
	if r.err() != nil || !r.OK {
		t.Errorf("%v, ok %v", r.err(), r.OK)
	}
	r.Suites = []*suite.Suite{{Program: "original"}, {Program: "patched", Failed: []string{"pebble TestGet"}}}
	if err := r.err(); err == nil || !strings.Contains(err.Error(), "pebble TestGet") {
		t.Errorf("error %v", err)
	}
}

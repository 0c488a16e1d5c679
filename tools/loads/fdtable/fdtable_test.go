package main

import (
	"bytes"
	"context"
	"encoding/json"
	"go/version"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"hazptr/internal/command"
	"hazptr/internal/long"
	"hazptr/tools/loads/internal/pair"
	"hazptr/tools/loads/internal/patch"
)

func runProgram(ctx context.Context, args ...string) (status int, stdout, stderr string) {
	var out, problems bytes.Buffer
	status = run(ctx, args, &out, &problems)
	return status, out.String(), problems.String()
}

func needsGVisor(t *testing.T) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("gVisor is for linux")
	}
	if version.Compare(runtime.Version(), "go1.26.3") < 0 {
		t.Skip("gVisor needs Go 1.26.3")
	}
}

func TestEditsFit(t *testing.T) {
	if testing.Short() {
		t.Skip("copies gVisor")
	}
	needsGVisor(t)
	status, out, problems := runProgram(t.Context(), "-dir", t.TempDir(), "-diff")
	if status != 0 || problems != "" {
		t.Fatalf("status %d, stderr %q", status, problems)
	}
	for _, want := range []string{"+func (f *FDTable) Borrow(", "-\t\t\treturn orig.file", "+\tdefer t.ReturnFile()", "+\t\t\tseccomp.EqualTo(linux.MEMBARRIER_CMD_PRIVATE_EXPEDITED),"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}

// The negative control, and the only test that builds gVisor's kernel.
func TestBustedIsNoticed(t *testing.T) {
	needsGVisor(t)
	long.Only(t, "it builds gVisor's kernel")
	status, _, problems := runProgram(t.Context(), "-dir", t.TempDir(), "-busted")
	if status != command.Failure || !strings.Contains(problems, "a file has ended while it is used") {
		t.Errorf("status %d, stderr %q", status, problems)
	}
}

// A sandbox's filter kills a kernel that calls what it doesn't know. The original shows whether this machine has sandboxes.
func TestSandbox(t *testing.T) {
	needsGVisor(t)
	long.Only(t, "it builds gVisor twice and starts sandboxes")
	status, out, problems := runProgram(t.Context(), "-dir", t.TempDir(), "-short", "-rounds", "1", "-benchtime", "10ms", "-sandbox")
	if strings.Contains(problems, "a sandbox of the original") {
		t.Skip(problems)
	}
	if status != 0 || !strings.Contains(out, "lseek in a sandbox") {
		t.Errorf("status %d, stdout %q, stderr %q", status, out, problems)
	}
}

// testReport is of given figures: every benchmark of the original takes 20 ns.
func testReport(t *testing.T, patched ...float64) *report {
	t.Helper()
	var found [2]pair.Found
	comparison := comparisonOf(false)
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
	r, err := newReport(&options{rounds: len(patched), benchtime: time.Second}, patch.Change{Added: 64, Removed: 11}, &found[0], &found[1])
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestReport(t *testing.T) {
	for want, patched := range map[string][]float64{
		"replace (dup2), 1 CPU: hazptr is ahead of original (4.00 times)": {5, 5},
		"replace (dup2), 1 CPU: hazptr is behind original (0.50 times)":   {40, 40},
		"replace (dup2), 1 CPU: no difference seen to original":           {5, 40},
	} {
		r := testReport(t, patched...)
		var out strings.Builder
		if err := r.write(&out, "table"); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), want) || !strings.Contains(out.String(), "64 lines added, 11 removed") {
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
	if r.Load != "fdtable" || !r.OK || len(r.Figures) != len(comparisonOf(false).Rows) || r.Figures[0].Before != 20 || r.Figures[0].After != 5 {
		t.Errorf("%+v", r.Summary)
	}
	if _, err := newReport(&options{}, patch.Change{}, &pair.Found{}, &pair.Found{}); err == nil || !strings.Contains(err.Error(), "no benchmark") {
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
	needsGVisor(t)
	status, _, problems := runProgram(t.Context(), "-dir", filepath.Join(t.TempDir(), "missing"))
	if status != command.Failure || !strings.Contains(problems, "-dir chooses") {
		t.Errorf("status %d, stderr %q", status, problems)
	}
}

func TestModuleCannotBeHad(t *testing.T) {
	needsGVisor(t)
	t.Setenv("GOPROXY", "off")
	t.Setenv("GOMODCACHE", t.TempDir())
	status, _, problems := runProgram(t.Context(), "-diff")
	if status != command.Failure || !strings.Contains(problems, "can't be had") {
		t.Errorf("status %d, stderr %q", status, problems)
	}
}

func TestInterrupt(t *testing.T) {
	needsGVisor(t)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(300*time.Millisecond, cancel)
	status, out, problems := runProgram(ctx, "-dir", t.TempDir())
	if status != command.Interrupted || out != "" || problems != "fdtable: interrupted\n" {
		t.Errorf("status %d, stdout %q, stderr %q", status, out, problems)
	}
}

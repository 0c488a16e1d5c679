package main

import (
	"bytes"
	"context"
	"go/version"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"hazptr/internal/command"
	"hazptr/internal/long"
	"hazptr/tools/loads/internal/pair"
)

func runProgram(ctx context.Context, args ...string) (status int, stdout, stderr string) {
	var out, problems bytes.Buffer
	status = fdtable.Run(ctx, args, &out, &problems)
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
	long.Only(t, "it downloads gVisor")
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

// A sandbox's filter kills a kernel that calls what it doesn't know. The
// original shows whether this machine has sandboxes.
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

// The comparison has a benchmark in each field.
func TestComparison(t *testing.T) {
	for _, sandboxed := range []bool{false, true} {
		c := duel(&options{Sandbox: sandboxed}).Comparison
		found := []pair.Found{{}, {}}
		for _, r := range c.Rows {
			for i := range c.Columns {
				found[0].Add(map[string]float64{c.Name(r, i): 20})
				found[1].Add(map[string]float64{c.Name(r, i): 5})
			}
		}
		results, err := c.Results(found[0], found[1])
		if err != nil {
			t.Fatal(err)
		}
		if text := c.Table(results).String(); strings.Contains(text, "lseek in a sandbox") != sandboxed {
			t.Errorf("with sandboxes: %v\n%s", sandboxed, text)
		}
		if said := c.Verdict(results); !strings.Contains(said, "replace (dup2), 1 CPU: hazptr is ahead of original (4.00 times), read lock (4.00 times); no difference seen to percpu_ref") {
			t.Error(said)
		}
	}
}

func TestBadOptions(t *testing.T) {
	for args, want := range map[string]string{
		"extra":          "unexpected argument extra",
		"-rounds 0":      "-rounds: 0 is not between 1 and 1000",
		"-benchtime 1us": "-benchtime: 1µs is not between 1ms and 1h",
		"-benchtime 5":   "-benchtime: 5 has no unit: say 5s",
		"-format xml":    `-format must be one of "table","json" but got "xml"`,
		"-sandboxes":     "unknown flag --sandboxes",
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
	for line := range strings.Lines(out) {
		if utf8.RuneCountInString(strings.TrimSuffix(line, "\n")) > 80 {
			t.Errorf("more than 80 columns: %q", line)
		}
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
	long.Only(t, "it downloads gVisor")
	needsGVisor(t)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(100*time.Millisecond, cancel)
	status, out, problems := runProgram(ctx, "-dir", t.TempDir())
	if status != command.Interrupted || out != "" || problems != "fdtable: interrupted\n" {
		t.Errorf("status %d, stdout %q, stderr %q", status, out, problems)
	}
}

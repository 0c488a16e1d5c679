package main

import (
	"bytes"
	"context"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"hazptr/internal/command"
	"hazptr/internal/long"
)

func runProgram(ctx context.Context, args ...string) (status int, stdout, stderr string) {
	var out, problems bytes.Buffer
	status = run(ctx, args, &out, &problems)
	return status, out.String(), stage.ReplaceAllString(problems.String(), "")
}

// stage is a line that says what begins, which the worker writes when its
// standard error is no terminal. How far it comes is a matter of time.
var stage = regexp.MustCompile(`(?m)^(generating|measuring) .* \.\.\.\n`)

// What the worker prints, and how it ends, is what the program does.
func TestWorker(t *testing.T) {
	long.Only(t, "it downloads and builds a program")
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	for _, c := range []struct {
		args           string
		status         int
		stdout, stderr string
	}{
		{"-h", 0, "Mmdb looks IP addresses up", ""},
		{"-networks 0", command.Usage, "", "mmdb: --networks: 0 is not between 1 and 5000000\nmmdb -h tells more.\n"},
		{"-networks 1000 -duration 100ms -rounds 1 -ways hazptr,rwmutex -heap 0", 0, "lookups per second", ""},
	} {
		status, out, problems := runProgram(t.Context(), strings.Fields(c.args)...)
		if status != c.status || !strings.Contains(out, c.stdout) || c.stdout == "" && out != "" || problems != c.stderr {
			t.Errorf("%s: status %d, stdout %q, stderr %q", c.args, status, out, problems)
		}
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}

// It ends before it builds, while it builds, and while the worker works.
func TestInterrupt(t *testing.T) {
	long.Only(t, "it downloads and builds a program")
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	for _, after := range []time.Duration{0, 100 * time.Millisecond, 10 * time.Second} {
		ctx, cancel := context.WithTimeout(t.Context(), after)
		status, out, problems := runProgram(ctx, "-networks", "1000", "-duration", "1h")
		cancel()
		if status != command.Interrupted || out != "" || problems != "mmdb: interrupted\n" {
			t.Errorf("after %v: status %d, stdout %q, stderr %q", after, status, out, problems)
		}
	}
}

func TestModuleThatCannotBeHad(t *testing.T) {
	t.Setenv("GOPROXY", "off")
	t.Setenv("GOMODCACHE", t.TempDir())
	status, out, problems := runProgram(t.Context())
	if status != command.Failure || out != "" || !strings.HasPrefix(problems, "mmdb: building ") || !strings.Contains(problems, "module lookup disabled by GOPROXY=off") {
		t.Errorf("status %d, stdout %q, stderr %q", status, out, problems)
	}
}

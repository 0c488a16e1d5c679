package main

import (
	"bytes"
	"context"
	"io"
	"path/filepath"
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
	status = pebble.Run(ctx, args, &out, &problems)
	return status, out.String(), problems.String()
}

func TestEditsFit(t *testing.T) {
	long.Only(t, "it downloads pebble")
	status, out, problems := runProgram(t.Context(), "-dir", t.TempDir(), "-diff")
	if status != 0 || problems != "" {
		t.Fatalf("status %d, stderr %q", status, problems)
	}
	for _, want := range []string{"+\treadState  atomic.Pointer[readState]", "-\tstate.ref()", "+func (d *DB) awaitReaders() *readState {"} {
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

func TestBadOptions(t *testing.T) {
	for args, want := range map[string]string{
		"extra":          "unexpected argument extra",
		"-rounds 0":      "-rounds: 0 is not between 1 and 1000",
		"-benchtime 1us": "-benchtime: 1µs is not between 1ms and 1h",
		"-format xml":    `-format must be one of "table","json" but got "xml"`,
		"-test":          "unknown flag --test",
	} {
		status, out, problems := runProgram(t.Context(), strings.Fields(args)...)
		if status != command.Usage || out != "" || !strings.Contains(problems, want) {
			t.Errorf("%s: status %d, stdout %q, stderr %q", args, status, out, problems)
		}
	}
}

func TestShort(t *testing.T) {
	for args, want := range map[string]pair.DuelOptions{
		"":                           {Benchtime: 500 * time.Millisecond, Options: pair.Options{Rounds: 5}},
		"-short":                     {Benchtime: 50 * time.Millisecond, Options: pair.Options{Rounds: 2}},
		"-short -rounds 5":           {Benchtime: 50 * time.Millisecond, Options: pair.Options{Rounds: 5}},
		"--benchtime 500ms --short ": {Benchtime: 500 * time.Millisecond, Options: pair.Options{Rounds: 2}},
	} {
		o, err := pebble.Parse(strings.Fields(args), io.Discard)
		if err != nil || o.Benchtime != want.Benchtime || o.Rounds != want.Rounds {
			t.Errorf("%s: %+v, %v", args, o, err)
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
	long.Only(t, "it downloads pebble")
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(100*time.Millisecond, cancel)
	status, out, problems := runProgram(ctx, "-dir", t.TempDir())
	if status != command.Interrupted || out != "" || problems != "pebble: interrupted\n" {
		t.Errorf("status %d, stdout %q, stderr %q", status, out, problems)
	}
}

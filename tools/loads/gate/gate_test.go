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
	"unicode/utf8"

	"hazptr/internal/command"
	"hazptr/internal/race"
)

func runProgram(ctx context.Context, args ...string) (status int, stdout, stderr string) {
	var out, problems bytes.Buffer
	status = gate.Run(ctx, args, &out, &problems)
	return status, out.String(), problems.String()
}

func TestTable(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	folder := t.TempDir()
	status, out, problems := runProgram(t.Context(), "-dir", folder, "-duration", "100ms", "-rounds", "2", "-freezes", "500")
	if status != 0 || problems != "" {
		t.Fatalf("status %d, stderr %q", status, problems)
	}
	for _, want := range []string{"hazptr", "percpu_ref", "rwmutex", "refcnt", "nothing inside: I/Os per second", "4 kB", "freeze, median", "every block that was read was the right one"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestJSON(t *testing.T) {
	status, out, problems := runProgram(t.Context(), "-duration", "60ms", "-rounds", "2", "-io", "small", "-ways", "hazptr,refcnt", "-format", "json")
	if status != 0 {
		t.Fatalf("status %d, stderr %q", status, problems)
	}
	var r report
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	if r.Load != "gate" || !r.OK || len(r.Figures) != 2 || r.Figures[0].Before <= 0 || r.Figures[0].After <= 0 || len(r.Results) != 2 || r.Verdict == "" {
		t.Errorf("%+v", r)
	}
}

// The negative control: a freeze that waits for no I/O is noticed, whatever is
// done inside.
func TestBustedIsNoticed(t *testing.T) {
	if race.Enabled {
		t.Skip("the broken way is a data race, of which the race detector tells first")
	}
	for _, k := range kinds {
		status, _, problems := runProgram(t.Context(), "-ways", "busted", "-io", k.Name, "-freezes", "1000", "-duration", "20s", "-rounds", "1")
		if status != command.Failure || !strings.HasPrefix(problems, "gate: busted, "+k.Name+": ") {
			t.Errorf("%s: status %d, stderr %q", k.Name, status, problems)
		}
	}
}

// What a late I/O leaves in the other file is found at the end.
func TestVerify(t *testing.T) {
	q, err := newQueue(t.TempDir(), 8, 512)
	if err != nil {
		t.Fatal(err)
	}
	defer q.file.Close()
	if err := q.verify(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(q.paths[1])
	if err != nil {
		t.Fatal(err)
	}
	for want, spoil := range map[string]func([]byte) []byte{
		"block 3 of file 1 at the end: it is block 3 of file 0": func(b []byte) []byte { fill(b[3*512:], block{0, 3, 1}); return b },
		"block 5 of file 1 at the end: " + errSum.Error():       func(b []byte) []byte { b[5*512+7] ^= 1; return b },
		"has 4095 bytes, not 4096":                              func(b []byte) []byte { return b[1:] },
	} {
		if err := os.WriteFile(q.paths[1], spoil(bytes.Clone(whole)), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := q.verify(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

func TestBadOptions(t *testing.T) {
	for args, want := range map[string]string{
		"extra":                    "unexpected argument extra",
		"-workers 0":               "-workers: 0 is not between 1 and 1000",
		"-freezes -1":              "-freezes: -1 is not between 0 and 100000",
		"-rounds 0":                "-rounds: 0 is not between 1 and 1000",
		"-duration 20ms -rounds 3": "-duration: 20ms is less than 10ms for each of the 3 rounds: raise it",
		"-duration 20":             "-duration: 20 has no unit: say 20s",
		"-format xml":              `--format must be one of "table","json" but got "xml"`,
		"-ways rcu":                `-ways: unknown way "rcu"; there are hazptr`,
		"-ways=":                   "-ways: unknown way",
		"-io big":                  `-io: unknown kind "big"; there are empty, small, mixed`,
		"-nonsense":                "-nonsense",
	} {
		status, out, problems := runProgram(t.Context(), strings.Fields(args)...)
		if status != command.Usage || out != "" || !strings.Contains(problems, want) {
			t.Errorf("%s: status %d, stdout %q, stderr %q", args, status, out, problems)
		}
	}
}

func TestHelp(t *testing.T) {
	status, out, problems := runProgram(t.Context(), "-h")
	if status != 0 || problems != "" {
		t.Errorf("status %d, stderr %q", status, problems)
	}
	for _, want := range []string{"Examples:", "gate -freezes 1000", "busted", "-freezes=100", "-duration=3s", "-rounds=6", "the default -duration is 1s"} {
		if !strings.Contains(strings.Join(strings.Fields(out), " "), want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	for line := range strings.Lines(out) {
		if utf8.RuneCountInString(line) > 81 {
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

func TestInterrupt(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(100*time.Millisecond, cancel)
	began := time.Now()
	status, out, problems := runProgram(ctx, "-duration", "1h")
	if status != command.Interrupted || out != "" || problems != "gate: interrupted\n" {
		t.Errorf("status %d, stdout %q, stderr %q", status, out, problems)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("took %v", took)
	}
}

// A freeze that an I/O never makes way for gives up.
func TestRefcntFreezeExpires(t *testing.T) {
	w := beginRefcnt().(*refcntWay)
	w.enter()
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if err := w.Freeze(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
}

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"hazptr/internal/command"
	"hazptr/internal/long"
	"hazptr/tools/loads/internal/patch"
)

func runProgram(ctx context.Context, args ...string) (status int, stdout, stderr string) {
	var out, problems bytes.Buffer
	status = etcd.Run(ctx, args, &out, &problems)
	return status, out.String(), problems.String()
}

// brief are arguments for a run of a minute, most of it for building and
// syncing.
func brief(t *testing.T, more ...string) []string {
	return append([]string{"-dir", t.TempDir(), "-short", "-size", "2MB", "-snapshot", "300ms"}, more...)
}

func TestTable(t *testing.T) {
	long.Only(t, "it downloads etcd and builds programs")
	args := brief(t)
	status, out, problems := runProgram(t.Context(), args...)
	if status != 0 || problems != "" {
		t.Fatalf("status %d, stderr %q\n%s", status, problems, out)
	}
	for _, want := range []string{"go.etcd.io/etcd/server/v3@v3.6.8", "plain Go: +28 −18 lines", "original", "snapshot of 300ms, with Puts", "alone", "Get, linearizable, worst", "Put, worst", "disk, at most",
		"Servers killed: 6. No data was damaged"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if left, err := os.ReadDir(args[1]); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func TestJSON(t *testing.T) {
	long.Only(t, "it downloads etcd and builds programs")
	status, out, problems := runProgram(t.Context(), brief(t, "-format", "json", "-crashes", "0")...)
	if status != 0 || problems != "" {
		t.Fatalf("status %d, stderr %q", status, problems)
	}
	var r report
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	if r.Load != "etcd" || r.Hurt == "" || r.Added == 0 || r.Removed == 0 || !r.OK || len(r.Goals) != 2 || len(r.Lines) != 2 || !strings.Contains(r.Verdict, "snapshot of 300ms: Get, serializable, worst, lower: ") {
		t.Errorf("unlikely: %+v", r)
	}
	if want := 2 * (2*8 + 2*9); len(r.Figures) != want {
		t.Errorf("%d figures, want %d", len(r.Figures), want)
	}
	for _, f := range r.Figures[:5] {
		if f.Before <= 0 || f.After <= 0 {
			t.Errorf("unlikely: %+v", f)
		}
	}
}

func TestDiff(t *testing.T) {
	long.Only(t, "it downloads etcd")
	status, out, problems := runProgram(t.Context(), "-dir", t.TempDir(), "-diff")
	if status != 0 || problems != "" || !strings.HasPrefix(out, "plain Go: +28 −18 lines:\n--- a/storage/backend/backend.go\n") || !strings.Contains(out, "\nhazptr: +34 −28 lines:\n") ||
		strings.Contains(out, "loadPause") {
		t.Errorf("status %d, stderr %q\n%s", status, problems, out)
	}
}

func TestBustedIsNoticed(t *testing.T) {
	long.Only(t, "it downloads and builds etcd")
	status, _, problems := runProgram(t.Context(), "-dir", t.TempDir(), "-busted")
	if status != command.Failure || !strings.Contains(problems, "a transaction began in a database that is closed") {
		t.Errorf("status %d, stderr %q", status, problems)
	}
}

// Without one of the rules on which the edits rest, the test that is put beside
// etcd's own fails.
func TestRulesAreNoticed(t *testing.T) {
	long.Only(t, "it downloads and builds etcd")
	for _, c := range []struct {
		rule, says string
		breaks     []patch.Edit
	}{
		{"nothing is written during the copy", "key ", []patch.Edit{defrag.Before("err = tmpdb.Close()", `
			b.batchTx.tx = b.unsafeBegin(true)
			b.batchTx.Unlock()
			time.Sleep(10 * time.Millisecond)
			b.batchTx.LockOutsideApply()
			b.readTx.Lock()
			b.batchTx.unsafeCommit(true)
			b.batchTx.tx = nil
			b.readTx.tx = b.unsafeBegin(false)
			b.readTx.Unlock()`)}},
		{"a transaction of the old database ends after its reads", "", []patch.Edit{defrag.Replace("wg.Wait()", "")}},
		{"a replaced database is closed", "is open after Close", []patch.Edit{patch.Func(backendFile, "newBackend").Replace(
			"dbs: live.New(db, live.Options[*bolt.DB]{Name: bcfg.Path, Close: (*bolt.DB).Close}),",
			"dbs: live.New(db, live.Options[*bolt.DB]{Name: bcfg.Path, Close: func(*bolt.DB) error { return nil }}),")}},
	} {
		t.Run(c.rule, func(t *testing.T) {
			p, err := plan.Make(t.Context(), t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := p.Patched().Source.Apply(c.breaks...); err != nil {
				t.Fatal(err)
			}
			if err := p.Patched().Build(t.Context()); err != nil {
				t.Fatal(err)
			}
			for try := 1; ; try++ {
				_, err := p.Patched().Run(t.Context(), "-test.run=^TestLoadDefrag$", "-test.timeout=1m")
				if err != nil && strings.Contains(err.Error(), c.says) {
					return
				}
				if try == 5 {
					t.Fatalf("it did not notice: %v", err)
				}
			}
		})
	}
}

// A worker is a program outside of the workspace, with a go.mod of its own.
func TestExport(t *testing.T) {
	long.Only(t, "it downloads etcd, builds programs, and runs etcd's tests")
	folder := filepath.Join(t.TempDir(), "server")
	if status, out, problems := runProgram(t.Context(), "-dir", t.TempDir(), "-export", folder); status != 0 || out != "" || problems != "" {
		t.Fatalf("status %d, stdout %q, stderr %q", status, out, problems)
	}
	s := &patch.Source{Module: plan.Module, Dir: folder}
	if err := s.Build(t.Context(), workerFolder, filepath.Join(t.TempDir(), "worker")); err != nil {
		t.Error(err)
	}
	if out, err := s.Go(t.Context(), strings.Fields(exported.Tests)[1:]...); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestInterrupt(t *testing.T) {
	long.Only(t, "it downloads etcd")
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(2*time.Second, cancel)
	dir := t.TempDir()
	status, out, problems := runProgram(ctx, "-dir", dir, "-rounds", "1000")
	if status != command.Interrupted || out != "" || problems != "etcd: interrupted\n" {
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
	if status != command.Failure || out != "" || !strings.Contains(problems, "go.etcd.io/etcd/server/v3@v3.6.8 is not in the module cache and can't be had") {
		t.Errorf("status %d, stdout %q, stderr %q", status, out, problems)
	}
}

func TestNoFolder(t *testing.T) {
	status, _, problems := runProgram(t.Context(), "-dir", filepath.Join(t.TempDir(), "missing"))
	if status != command.Failure || !strings.Contains(problems, "-dir chooses") {
		t.Errorf("status %d, stderr %q", status, problems)
	}
}

func TestBadOptions(t *testing.T) {
	for args, want := range map[string]string{
		"extra":        "unexpected argument extra",
		"-size 1GiB":   `"1GiB" is not a number of bytes`,
		"-size 10kB":   "-size: 10 kB is not between 1 MB and 20 GB",
		"-snapshot 5":  "-snapshot: 5 has no unit: say 5s",
		"-snapshot 0s": "-snapshot: 0s is not between",
		"-crashes -1":  "-crashes: -1 is not",
		"-rounds 0":    "-rounds: 0 is not",
		"-format xml":  `-format must be one of "table","json" but got "xml"`,
	} {
		status, out, problems := runProgram(t.Context(), strings.Fields(args)...)
		if status != command.Usage || out != "" || !strings.HasPrefix(problems, "etcd: ") || !strings.Contains(problems, want) {
			t.Errorf("%s: status %d, stdout %q, stderr %q", args, status, out, problems)
		}
	}
}

func TestShort(t *testing.T) {
	o, err := etcd.Parse(strings.Fields("-short -rounds 2 --tests"), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if o.Size != 64_000_000 || o.Snapshot != 2*time.Second || o.Rounds != 2 || o.Crashes != 1 || len(o.suites()) != 1 {
		t.Errorf("%+v", o)
	}
	// 3 copies are built, 4 scenarios in 2 rounds, 2 copies killed at 3 points.
	if n := o.stages(); n != 3+2+3*4*2+2*3+3 {
		t.Errorf("%d stages", n)
	}
}

func TestHelp(t *testing.T) {
	status, out, problems := runProgram(t.Context(), "-h")
	if status != 0 || problems != "" {
		t.Errorf("status %d, stderr %q", status, problems)
	}
	for line := range strings.Lines(out) {
		if utf8.RuneCountInString(strings.TrimSuffix(line, "\n")) > 80 {
			t.Errorf("more than 80 columns: %q", line)
		}
	}
	for _, want := range []string{"-size", "-snapshot", "-crashes", "-tests", "-race", "-busted", "-diff", "-export", "downloads", etcdVersion} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}

func TestRefusal(t *testing.T) {
	if err := refusal("windows"); err == nil || !strings.Contains(err.Error(), "windows") {
		t.Error(err)
	}
	if err := refusal("linux"); err != nil {
		t.Error(err)
	}
}

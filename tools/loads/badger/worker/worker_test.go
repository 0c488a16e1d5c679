package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/dgraph-io/badger/v4"

	"hazptr/tools/loads/badger/internal/figures"
	"hazptr/tools/loads/internal/value"
)

func runWorker(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, problems bytes.Buffer
	status = worker.Run(t.Context(), args, &out, &problems)
	return status, out.String(), problems.String()
}

func TestWork(t *testing.T) {
	// A machine that is busy with other things needs longer.
	for duration := time.Second; ; duration *= 4 {
		status, out, problems := runWorker(t, "-dir", filepath.Join(t.TempDir(), "db"), "-iterators", "2", "-hold", "100ms", "-duration", duration.String())
		if status != 0 || problems != "" {
			t.Fatalf("status %d, stderr %q", status, problems)
		}
		f := figures.New()
		if err := json.Unmarshal([]byte(out), f); err != nil {
			t.Fatal(err)
		}
		if (f.Rewrites.Count() == 0 || f.Closes.Count() == 0) && duration < 20*time.Second {
			continue
		}
		if f.Rounds.Count() == 0 || f.Rewrites.Count() == 0 || f.Gets.Count() == 0 || f.Steps.Count() == 0 || f.Closes.Count() == 0 ||
			f.Files == 0 || f.Bytes == 0 || f.Left == 0 || len(f.Disk) == 0 || f.Took < duration {
			t.Errorf("unlikely: %+v", f)
		}
		return
	}
}

// written makes a database, and returns its folder and its last round.
func written(t *testing.T) (dir string, last uint64) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "db")
	status, out, problems := runWorker(t, "-dir", dir, "-iterators", "0", "-resume", "-duration", "500ms")
	if status != 0 || problems != "" {
		t.Fatalf("status %d, stderr %q", status, problems)
	}
	for line := range strings.Lines(out) {
		if number, is := strings.CutPrefix(strings.TrimSpace(line), "round "); is {
			var err error
			if last, err = strconv.ParseUint(number, 10, 64); err != nil {
				t.Fatal(err)
			}
		}
	}
	if last == 0 {
		t.Fatalf("no round in %q", out)
	}
	return dir, last
}

func TestCheck(t *testing.T) {
	dir, last := written(t)
	if status, out, problems := runWorker(t, "-check", "-dir", dir, "-atleast", strconv.FormatUint(last, 10)); status != 0 || out != "2000\n" {
		t.Errorf("status %d, stdout %q, stderr %q", status, out, problems)
	}
	for _, c := range []struct {
		name, want string
		damage     func(*badger.Txn) error
	}{
		{"a round lost", "key 0: the value of key 0 and round ", nil},
		{"a value missing", "key 0000000000000008, want 7", func(txn *badger.Txn) error { return txn.Delete(value.Key(7)) }},
		{"the last value missing", "value 1999 is missing", func(txn *badger.Txn) error { return txn.Delete(value.Key(1999)) }},
		{"one too many", "key 00000000000007d0, want no more", func(txn *badger.Txn) error { return txn.Set(value.Key(2000), valueOf(2000, last)) }},
		{"another's value", "key 7: the value of key 8 and round ", func(txn *badger.Txn) error { return txn.Set(value.Key(7), valueOf(8, last)) }},
		{"an old value", "key 7: the value of key 7 and round 0, want", func(txn *badger.Txn) error { return txn.Set(value.Key(7), valueOf(7, 0)) }},
		{"a bit", ": wrong checksum", func(txn *badger.Txn) error {
			v := valueOf(7, last)
			v[500] ^= 1
			return txn.Set(value.Key(7), v)
		}},
		{"an empty value", "key 7: a value of 0 bytes", func(txn *badger.Txn) error { return txn.Set(value.Key(7), nil) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			damaged, atLeast := filepath.Join(t.TempDir(), "db"), last
			if err := os.CopyFS(damaged, os.DirFS(dir)); err != nil {
				t.Fatal(err)
			}
			if c.damage == nil {
				atLeast++
			} else {
				db, err := open(damaged, new(problems))
				if err != nil {
					t.Fatal(err)
				}
				if err := db.Update(c.damage); err != nil {
					t.Error(err)
				}
				if err := db.Close(); err != nil {
					t.Fatal(err)
				}
			}
			if status, _, problems := runWorker(t, "-check", "-dir", damaged, "-atleast", strconv.FormatUint(atLeast, 10)); status != 1 || !strings.Contains(problems, c.want) {
				t.Errorf("status %d, stderr %q; want it to have %q", status, problems, c.want)
			}
		})
	}
}

// Badger doesn't open a database whose program was killed between the
// truncation of a file and its removal, so the program in the folder above
// removes such files before it has a database checked.
func TestEmptyFile(t *testing.T) {
	dir, last := written(t)
	files, err := filepath.Glob(filepath.Join(dir, "*.vlog"))
	if err != nil {
		t.Fatal(err)
	}
	empty := filepath.Join(dir, "000000.vlog")
	if slices.Contains(files, empty) {
		t.Fatalf("%q", files)
	}
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	check := func() (int, string) {
		status, _, problems := runWorker(t, "-check", "-dir", dir, "-atleast", strconv.FormatUint(last, 10))
		return status, problems
	}
	if status, problems := check(); status != 1 || !strings.Contains(problems, "Create a new file") {
		t.Errorf("status %d, stderr %q", status, problems)
	}
	if err := os.Remove(empty); err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	if status, problems := check(); status != 0 {
		t.Errorf("status %d, stderr %q", status, problems)
	}
}

func TestResume(t *testing.T) {
	dir, last := written(t)
	status, out, problems := runWorker(t, "-dir", dir, "-iterators", "1", "-resume", "-duration", "10ms")
	if status != 0 || !strings.HasPrefix(out, "round "+strconv.FormatUint(last+1, 10)+"\n") {
		t.Errorf("status %d, stdout %q, stderr %q", status, out, problems)
	}
	lines := strings.Split(out, "\n")
	if i := slices.Index(lines, "collecting"); i >= 0 && !slices.Contains(lines[i:], "collected") {
		t.Errorf("a collection doesn't end in %q", out)
	}
}

func TestUnusableFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"-dir", file}, {"-check", "-dir", file}} {
		if status, out, problems := runWorker(t, args...); status != 1 || out != "" || !strings.HasPrefix(problems, "worker: ") {
			t.Errorf("%v: status %d, stdout %q, stderr %q", args, status, out, problems)
		}
	}
	if status, _, problems := runWorker(t); status != 2 || !strings.Contains(problems, "--dir") {
		t.Errorf("status %d, stderr %q", status, problems)
	}
}

func TestProblems(t *testing.T) {
	var p problems
	p.Errorf("Unable to read: Key: %v", 7)
	p.Errorf("Key: %v, Version : %v", 7, 1)
	if err := p.err(); err != nil {
		t.Error(err)
	}
	p.Errorf("Deleting value log file %d: %v\n", 3, "no")
	p.Errorf("another")
	if err := p.err(); err == nil || err.Error() != "badger logs: Deleting value log file 3: no" {
		t.Error(err)
	}
}

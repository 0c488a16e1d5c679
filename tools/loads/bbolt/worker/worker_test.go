package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"hazptr/tools/loads/bbolt/internal/figures"
	"hazptr/tools/loads/internal/value"
)

// workVariable makes the test binary a worker.
const workVariable = "HAZPTR_TEST_WORKER"

func TestMain(m *testing.M) {
	if os.Getenv(workVariable) != "" {
		os.Exit(worker.Run(context.Background(), os.Args[1:], os.Stdout, os.Stderr))
	}
	os.Exit(m.Run())
}

func runWorker(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, problems bytes.Buffer
	status = worker.Run(t.Context(), args, &out, &problems)
	return status, out.String(), problems.String()
}

const grow = 4_000_000

// grown returns the figures of a worker that has let a file grow to its limit,
// and for how long it was to work.
func grown(t *testing.T, args ...string) (*figures.Figures, time.Duration) {
	t.Helper()
	// A machine that is busy with other things needs longer to write so much.
	for duration := 400 * time.Millisecond; ; duration *= 4 {
		file := filepath.Join(t.TempDir(), "db")
		status, out, problems := runWorker(t, append(args, "-file", file, "-grow", strconv.Itoa(grow), "-duration", duration.String(), "-nosync")...)
		if status != 0 || problems != "" {
			t.Fatalf("status %d, stderr %q", status, problems)
		}
		f := figures.New()
		if err := json.Unmarshal([]byte(out), f); err != nil {
			t.Fatal(err)
		}
		if f.Grown > 0 {
			return f, duration
		}
		if duration > 20*time.Second {
			t.Fatalf("no file has grown to its limit: %+v", f)
		}
	}
}

func TestWork(t *testing.T) {
	f, duration := grown(t, "-long", "2", "-hold", "20ms")
	if f.Views.Count() == 0 || f.Stays == 0 || f.Updates.Count() == 0 || f.Written != f.Updates.Count()*perCommit*valueBytes || f.Took < duration {
		t.Errorf("unlikely: %d Views, %+v", f.Views.Count(), f)
	}
	if f.Mapped > 0 && (f.Remaps == 0 || f.Mapped < grow) {
		t.Errorf("%d remaps, %d bytes mapped", f.Remaps, f.Mapped)
	}
	for ended, took := range f.Times.All() {
		if ended > f.Took+time.Millisecond || took > f.Views.Worst() {
			t.Errorf("a View of %v, which ended at %v", took, ended)
		}
	}
}

// A file is mapped anew when it outgrows what was mapped from the start, and
// else not.
func TestMappedFromTheStart(t *testing.T) {
	for size, remapped := range map[int64]bool{2 * grow: false, grow / 2: true} {
		f, _ := grown(t, "-mmap", strconv.FormatInt(size, 10))
		if f.Mapped == 0 {
			t.Skip("this system doesn't tell")
		}
		if f.Mapped < size || (f.Remaps > 0) != remapped {
			t.Errorf("-mmap %d: %d remaps, %d bytes mapped", size, f.Remaps, f.Mapped)
		}
	}
}

// written makes a database, and returns its file and how many values are in it.
func written(t *testing.T) (file string, count uint64) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "db")
	// It works on in the file until a long time is over, but the limit comes
	// first.
	status, out, problems := runWorker(t, "-resume", "-file", file, "-grow", "2000000", "-duration", "1h", "-nosync")
	if status != 1 || !strings.Contains(problems, errFull.Error()) {
		t.Fatalf("status %d, stderr %q", status, problems)
	}
	lines := strings.Fields(out)
	count, err := strconv.ParseUint(lines[len(lines)-1], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return file, count
}

func TestCheck(t *testing.T) {
	file, count := written(t)
	text := strconv.FormatUint(count, 10)
	if status, out, problems := runWorker(t, "-check", "-file", file, "-atleast", text); status != 0 || out != text+"\n" {
		t.Errorf("status %d, stdout %q, stderr %q; want %d values", status, out, problems, count)
	}
	for _, c := range []struct {
		name, want string
		damage     func(tx *bbolt.Tx) error
	}{
		{"a commit lost", "values, but", func(tx *bbolt.Tx) error { return tx.Bucket(stateName).Put(countName, value.Key(count-1)) }},
		{"a value missing", "value 7 is missing", func(tx *bbolt.Tx) error { return tx.Bucket(valuesName).Delete(value.Key(7)) }},
		{"another's value", "value 7 says that it is 8", func(tx *bbolt.Tx) error {
			return tx.Bucket(valuesName).Put(value.Key(7), bytes.Clone(tx.Bucket(valuesName).Get(value.Key(8))))
		}},
		{"a bit", "value 7: wrong checksum", func(tx *bbolt.Tx) error {
			changed := bytes.Clone(tx.Bucket(valuesName).Get(value.Key(7)))
			changed[500] ^= 1
			return tx.Bucket(valuesName).Put(value.Key(7), changed)
		}},
		{"a short value", "value 7 has 3 bytes", func(tx *bbolt.Tx) error { return tx.Bucket(valuesName).Put(value.Key(7), []byte("abc")) }},
		{"one too many", "the last key is", func(tx *bbolt.Tx) error { return tx.Bucket(valuesName).Put(value.Key(count), []byte("abc")) }},
		{"no buckets", errNoContent.Error(), func(tx *bbolt.Tx) error { return tx.DeleteBucket(stateName) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			whole, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			damaged := filepath.Join(t.TempDir(), "db")
			if err := os.WriteFile(damaged, whole, 0o600); err != nil {
				t.Fatal(err)
			}
			db, err := bbolt.Open(damaged, 0o600, &bbolt.Options{NoSync: true})
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(db.Update(c.damage), db.Close()); err != nil {
				t.Fatal(err)
			}
			if status, _, problems := runWorker(t, "-check", "-file", damaged, "-atleast", text); status != 1 || !strings.Contains(problems, c.want) {
				t.Errorf("status %d, stderr %q; want it to have %q", status, problems, c.want)
			}
		})
	}
}

// A page that is referred to twice is what only bbolt's own check sees.
func TestCheckIsBboltsToo(t *testing.T) {
	file, _ := written(t)
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	// Both meta pages and the newest freelist, which lacks one of its pages.
	page := os.Getpagesize()
	for at := 2 * page; at < len(whole); at += page {
		const flags, count, freelist = 8, 10, 0x10
		if whole[at+flags] == freelist && whole[at+count] > 0 {
			whole[at+count]--
		}
	}
	if err := os.WriteFile(file, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	if status, _, problems := runWorker(t, "-check", "-file", file); status != 1 || !strings.Contains(problems, "bbolt's check: ") {
		t.Errorf("status %d, stderr %q", status, problems)
	}
}

// A file that may not grow is a full disk to a program.
func TestFullDisk(t *testing.T) {
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	shell, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("no bash to limit the size of files: ", err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "db")
	cmd := exec.CommandContext(t.Context(), shell, "-c", `ulimit -f 3000 && exec "$0" -file "$1" -duration 20s -long 1 -nosync`, self, file)
	cmd.Env = append(os.Environ(), workVariable+"=1")
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != 1 || !strings.HasPrefix(string(out), "worker: writing "+file+": ") || !strings.Contains(string(out), "file too large") {
		t.Errorf("%v: %s", err, out)
	}
}

func TestUnusableFile(t *testing.T) {
	folder := t.TempDir()
	text := filepath.Join(folder, "text")
	if err := os.WriteFile(text, []byte("not a database"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"-file", filepath.Join(folder, "nowhere", "db")},
		{"-check", "-file", text},
		{"-check", "-file", folder},
	} {
		if status, out, problems := runWorker(t, args...); status != 1 || out != "" || !strings.HasPrefix(problems, "worker: ") {
			t.Errorf("%v: status %d, stdout %q, stderr %q", args, status, out, problems)
		}
	}
	if status, _, _ := runWorker(t, "-readers", "many"); status != 2 {
		t.Errorf("status %d", status)
	}
}

func TestMapped(t *testing.T) {
	file, _ := written(t)
	file, err := filepath.EvalSymlinks(file)
	if err != nil {
		t.Fatal(err)
	}
	db, err := bbolt.Open(file, 0o600, &bbolt.Options{InitialMmapSize: 8 << 20})
	if err != nil {
		t.Fatal(err)
	}
	m := mappedOf(file)
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	removed := mappedOf(file)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if m.total == 0 {
		t.Skip("this system doesn't tell")
	}
	if want := (mapped{8 << 20, 8 << 20}); m != want || removed != want {
		t.Errorf("%+v, after removal %+v, want %+v", m, removed, want)
	}
	if m := mappedOf(file); m != (mapped{}) {
		t.Errorf("%+v after Close", m)
	}
}

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"
	"go.etcd.io/etcd/api/v3/mvccpb"

	"hazptr/tools/loads/etcd/internal/figures"
)

func runWorker(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, problems bytes.Buffer
	status = worker.Run(t.Context(), args, &out, &problems)
	return status, out.String(), problems.String()
}

// stillValues are in a prepared database.
const stillValues = 100

// prepared returns the folder of a new database.
func prepared(t *testing.T) string {
	t.Helper()
	data := filepath.Join(t.TempDir(), "data")
	if status, out, problems := runWorker(t, "-data", data, "-prepare", strconv.Itoa(stillValues*stillBytes)); status != 0 || out != "" {
		t.Fatalf("status %d, stdout %q, stderr %q", status, out, problems)
	}
	return data
}

// One server after the other, since each takes some seconds to sync what it
// has.
func TestDefragment(t *testing.T) {
	data := prepared(t)
	status, out, problems := runWorker(t, "-data", data, "-snapshot", "300ms", "-puts", "-say")
	if status != 0 || problems != "" {
		t.Fatalf("status %d, stderr %q", status, problems)
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	hash, last := strings.Fields(lines[0]), ""
	if len(hash) != 3 || hash[0] != "hash" {
		t.Fatalf("first line %q", lines[0])
	}
	for _, line := range lines[1 : len(lines)-1] {
		word, n, _ := strings.Cut(line, " ")
		if word != "acknowledged" {
			t.Errorf("line %q", line)
		}
		last = n
	}
	f := figures.New(time.Now())
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), f); err != nil {
		t.Fatal(err)
	}
	puts, err := strconv.Atoi(last)
	if err != nil {
		t.Fatal(err)
	}
	if f.Serializable.Latencies.Count() == 0 || f.Linearizable.Latencies.Count() == 0 || f.Puts.Latencies.Count()-f.Puts.Failed != int64(puts-changing+1) ||
		f.Defragment <= 0 || f.Snapshot < 300*time.Millisecond || f.Database < stillValues*stillBytes {
		t.Errorf("unlikely: %+v, %d Puts, the last is %d", f, f.Puts.Latencies.Count(), puts)
	}
	if runtime.GOOS == "linux" && f.DiskMost <= f.Database {
		t.Errorf("%d bytes of disk at most, with a database of %d", f.DiskMost, f.Database)
	}
	for range f.Serializable.Times.All() {
		hash = append(hash, "a time")
		break
	}
	if len(hash) != 4 {
		t.Error("no times")
	}

	check := []string{"-check", "-data", data, "-revision", hash[1], "-hash", hash[2], "-atleast", last}
	status, out, problems = runWorker(t, check...)
	// A Put that was cut off may be there, too.
	if n, _ := strconv.Atoi(strings.TrimSpace(out)); status != 0 || n < stillValues+puts+1 || n > stillValues+puts+2 {
		t.Errorf("status %d, stdout %q, stderr %q; want %d values", status, out, problems, stillValues+puts+1)
	}
	for want, more := range map[string]string{
		"was acknowledged":            "-atleast=" + strconv.Itoa(puts+2),
		"etcd's hash of revision ":    "-hash=1",
		"the hash of revision 100000": "-revision=100000",
	} {
		if status, out, problems := runWorker(t, append(check, more)...); status != 1 || out != "" || !strings.Contains(problems, want) {
			t.Errorf("%s: status %d, stdout %q, stderr %q", more, status, out, problems)
		}
	}
}

// What is damaged is noticed in the file, before a server is started.
func TestCheckFile(t *testing.T) {
	file := database(prepared(t))
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := checkFile(file); n != stillValues+changing || err != nil {
		t.Errorf("%d values, %v", n, err)
	}
	change := func(edit func(*mvccpb.KeyValue)) func(*bbolt.Tx) error {
		return func(tx *bbolt.Tx) error {
			keys := tx.Bucket([]byte("key"))
			key, text := keys.Cursor().First()
			var kv mvccpb.KeyValue
			if err := kv.Unmarshal(text); err != nil {
				return err
			}
			edit(&kv)
			text, err := kv.Marshal()
			if err != nil {
				return err
			}
			return keys.Put(key, text)
		}
	}
	for want, damage := range map[string]func(tx *bbolt.Tx) error{
		"has no bucket of keys": func(tx *bbolt.Tx) error { return tx.DeleteBucket([]byte("key")) },
		"wrong checksum":        change(func(kv *mvccpb.KeyValue) { kv.Value[500] ^= 1 }),
		"has 3 bytes":           change(func(kv *mvccpb.KeyValue) { kv.Value = []byte("abc") }),
		"has the value of":      change(func(kv *mvccpb.KeyValue) { kv.Key[len(kv.Key)-1]++ }),
	} {
		damaged := filepath.Join(t.TempDir(), "db")
		if err := os.WriteFile(damaged, whole, 0o600); err != nil {
			t.Fatal(err)
		}
		db, err := bbolt.Open(damaged, 0o600, &bbolt.Options{NoSync: true})
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(db.Update(damage), db.Close()); err != nil {
			t.Fatal(err)
		}
		if _, err := checkFile(damaged); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// A snapshot is the database, with a digest behind it.
func TestCheckSnapshot(t *testing.T) {
	for _, name := range []string{"missing", "short"} {
		file := filepath.Join(t.TempDir(), name)
		if name == "short" {
			if err := os.WriteFile(file, []byte("abc"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if err := checkSnapshot(file, 1); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	file := filepath.Join(t.TempDir(), "snapshot")
	if err := os.WriteFile(file, bytes.Repeat([]byte("x"), 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := checkSnapshot(file, 1); err == nil || !strings.Contains(err.Error(), "its digest is ") {
		t.Error(err)
	}
}

func TestLeast(t *testing.T) {
	const c = changing
	for _, v := range []struct{ n, last, want uint64 }{
		{0, 0, 0}, {5, 0, 0}, {5, 4, 0}, {5, 5, 5}, {5, c, 5}, {5, c + 4, 5}, {5, c + 5, c + 5}, {0, 10 * c, 10 * c}, {c - 1, 10 * c, 10*c - 1},
	} {
		if got := least(v.n, v.last); got != v.want {
			t.Errorf("least(%d, %d) is %d, want %d", v.n, v.last, got, v.want)
		}
	}
}

// A file that was removed and is open holds its space.
func TestHeld(t *testing.T) {
	if _, err := os.ReadDir(descriptors); err != nil {
		t.Skip("this system doesn't tell what is open: ", err)
	}
	data, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	d := &disk{data: data}
	if err := os.MkdirAll(filepath.Dir(database(data)), 0o700); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(database(data))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString("abc"); err != nil {
		t.Fatal(err)
	}
	held := func(present, removed int64) {
		t.Helper()
		if p, r := d.held(); p != present || r != removed {
			t.Errorf("%d bytes and %d removed, want %d and %d", p, r, present, removed)
		}
	}
	held(3, 0)
	if err := os.Remove(database(data)); err != nil {
		t.Fatal(err)
	}
	held(0, 3)
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	held(0, 0)
}

func TestUnusableData(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"-data", file}, {"-check", "-data", file}, {"-data", file, "-prepare", "1000"}} {
		if status, out, problems := runWorker(t, args...); status != 1 || out != "" || !strings.HasPrefix(problems, "worker: ") {
			t.Errorf("%v: status %d, stdout %q, stderr %q", args, status, out, problems)
		}
	}
	if status, _, _ := runWorker(t); status != 2 {
		t.Errorf("status %d", status)
	}
}

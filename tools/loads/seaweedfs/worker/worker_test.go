package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"hazptr/tools/internal/latency"
	"hazptr/tools/loads/seaweedfs/internal/figures"
)

func runWorker(ctx context.Context, args ...string) (status int, stdout, stderr string) {
	var out, problems bytes.Buffer
	status = worker.Run(ctx, args, &out, &problems)
	return status, out.String(), problems.String()
}

// small are the arguments for a volume of some hundred needles.
var small = []string{"-size", "400000", "-changes", "100"}

func TestWork(t *testing.T) {
	for name, args := range map[string][]string{
		"a vacuum":                 nil,
		"a slow client, a vacuum":  {"-client", "200ms"},
		"a vacuum, hasSlowRead":    {"-client", "200ms", "-slowread"},
		"a slow client and writes": {"-client", "200ms", "-novacuum", "-writes", "1ms"},
		"leveldb":                  {"-client", "200ms", "-leveldb", "-writes", "1ms"},
	} {
		t.Run(name, func(t *testing.T) {
			status, out, problems := runWorker(t.Context(), append(append(small, "-dir", t.TempDir()), args...)...)
			if status != 0 || problems != "" {
				t.Fatalf("status %d, stderr %q", status, problems)
			}
			f := figures.New()
			if err := json.Unmarshal([]byte(out), f); err != nil {
				t.Fatal(err)
			}
			has := func(option string) bool { return strings.Contains(strings.Join(args, " "), option) }
			if f.Reads.Count() == 0 || !recorded(f.Times) || f.Volume < 400_000 || (f.Commit == 0) != has("-novacuum") || (f.Streamed > 0) != has("-client") || (f.Writes.Count() > 0) != has("-writes") {
				t.Errorf("unlikely: %d reads, %d writes, %+v", f.Reads.Count(), f.Writes.Count(), f)
			}
		})
	}
}

// recorded reports whether anything was.
func recorded(t *latency.Timeline) bool {
	for range t.All() {
		return true
	}
	return false
}

// vacuumed makes a volume, and returns its folder and how many needles it has.
func vacuumed(t *testing.T) (dir string, count uint64) {
	t.Helper()
	dir = t.TempDir()
	if status, _, problems := runWorker(t.Context(), append(small, "-dir", dir)...); status != 0 {
		t.Fatalf("status %d, stderr %q", status, problems)
	}
	status, out, problems := runWorker(t.Context(), append(small, "-dir", dir, "-check")...)
	if status != 0 || problems != "" {
		t.Fatalf("status %d, stderr %q", status, problems)
	}
	count, err := strconv.ParseUint(strings.TrimSpace(out), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return dir, count
}

func TestCheck(t *testing.T) {
	dir, count := vacuumed(t)
	w := &work{Dir: dir, Size: 400_000, Changes: 100}
	if want := w.count()/2 + 50 + 1; count != want {
		t.Errorf("%d needles, want %d", count, want)
	}
	for _, c := range []struct {
		name, want string
		damage     func(t *testing.T, v *volume)
	}{
		{"a needle lost", "reading needle 8: ", func(t *testing.T, v *volume) {
			if err := v.remove(8); err != nil {
				t.Fatal(err)
			}
		}},
		{"one that was deleted", "needle 7 was deleted, and is there", func(t *testing.T, v *volume) {
			if err := v.write(7, needleBytes); err != nil {
				t.Fatal(err)
			}
		}},
		{"one of another size", "value 8 has 999 bytes, want 1000", func(t *testing.T, v *volume) {
			if err := v.write(8, 999); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, _ := vacuumed(t)
			v, err := open(dir, false)
			if err != nil {
				t.Fatal(err)
			}
			c.damage(t, v)
			v.close()
			if status, _, problems := runWorker(t.Context(), append(small, "-dir", dir, "-check")...); status != 1 || !strings.Contains(problems, c.want) {
				t.Errorf("status %d, stderr %q; want it to have %q", status, problems, c.want)
			}
		})
	}
}

// A byte is what only the scrub sees, where no needle is read.
func TestCheckIsSeaweedFSsToo(t *testing.T) {
	dir, _ := vacuumed(t)
	file := filepath.Join(dir, "1.dat")
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	whole[len(whole)/2] ^= 1
	if err := os.WriteFile(file, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	if status, _, problems := runWorker(t.Context(), append(small, "-dir", dir, "-check")...); status != 1 || !strings.Contains(problems, "SeaweedFS's scrub: ") {
		t.Errorf("status %d, stderr %q", status, problems)
	}
}

func TestUnusableFolder(t *testing.T) {
	for _, dir := range []string{filepath.Join(t.TempDir(), "missing"), os.Args[0]} {
		if status, out, problems := runWorker(t.Context(), "-dir", dir); status != 1 || out != "" || !strings.HasPrefix(problems, "worker: ") || !strings.Contains(problems, dir) {
			t.Errorf("%s: status %d, stdout %q, stderr %q", dir, status, out, problems)
		}
	}
	if status, _, _ := runWorker(t.Context()); status != 2 {
		t.Errorf("status %d", status)
	}
}

func TestUnnamed(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.Create(filepath.Join(dir, "file"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.WriteString("seven b"); err != nil {
		t.Fatal(err)
	}
	named := unnamed(dir)
	if err := os.Remove(file.Name()); err != nil {
		t.Fatal(err)
	}
	left := unnamed(dir)
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat("/proc/self/fd"); err != nil {
		t.Skip("this system doesn't tell")
	}
	if named != 0 || left != 7 || unnamed(dir) != 0 {
		t.Errorf("with a name %d, without one %d, closed %d", named, left, unnamed(dir))
	}
}

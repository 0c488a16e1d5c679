package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/kopia/kopia/repo/blob"
	"github.com/kopia/kopia/repo/content"

	"hazptr/tools/internal/latency"
	"hazptr/tools/loads/kopia/internal/figures"
)

func runWorker(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, problems bytes.Buffer
	status = worker.Run(t.Context(), args, &out, &problems)
	return status, out.String(), problems.String()
}

// contents are those of a repository that a test makes.
const contents = 2000

func made(t *testing.T, version int) repository {
	t.Helper()
	r := repository{t.TempDir(), version}
	if status, out, problems := runWorker(t, "-make", "-folder", r.folder, "-version", strconv.Itoa(version), "-contents", strconv.Itoa(contents)); status != 0 || out != "" {
		t.Fatalf("status %d, stdout %q, stderr %q", status, out, problems)
	}
	return r
}

// opened is a load whose time is over when there has been a compaction. The
// original that these tests are built with would not survive one in a listing.
func opened(t *testing.T, r repository, stdout *bytes.Buffer) *load {
	t.Helper()
	l := &load{work: &work{}, figures: figures.New(), stdout: stdout, began: time.Now()}
	l.figures.Times = latency.NewTimeline(l.began)
	for _, o := range []struct {
		name string
		to   **opening
	}{{"writer", &l.writer}, {"reader", &l.reader}} {
		one, err := r.open(t.Context(), o.name, cached)
		if err != nil {
			t.Fatal(err)
		}
		*o.to = one
		t.Cleanup(func() {
			if err := one.close(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
	var err error
	if l.names, err = l.reader.names(t.Context()); err != nil || len(l.names) != contents {
		t.Fatalf("%d contents, %v", len(l.names), err)
	}
	l.start()
	return l
}

// Each turn drops index files that the reader has mapped, and adds contents.
func TestTurns(t *testing.T) {
	for _, version := range []int{1, 3} {
		t.Run(strconv.Itoa(version), func(t *testing.T) {
			ctx, r := t.Context(), made(t, version)
			t.Cleanup(func() { // after Close
				if m := mappedOf(r.folder); m != (mapped{}) {
					t.Errorf("after Close %+v", m)
				}
			})
			var out bytes.Buffer
			l := opened(t, r, &out)
			files := func() map[blob.ID]bool {
				found, err := l.reader.IndexBlobs(ctx, false)
				if err != nil {
					t.Fatal(err)
				}
				all := map[blob.ID]bool{}
				for _, b := range found {
					all[b.BlobID] = true
				}
				return all
			}
			for turn := range 3 {
				before := files()
				if err := l.turn(ctx); err != nil {
					t.Fatal(err)
				}
				names, err := l.reader.names(ctx)
				if want := contents + (turn+1)*perTurn; err != nil || len(names) != want {
					t.Errorf("turn %d: %d contents, %v; want %d", turn, len(names), err, want)
				}
				for name := range files() {
					delete(before, name)
				}
				if len(before) == 0 {
					t.Errorf("turn %d has dropped no index file", turn)
				}
			}
			if l.figures.Compactions != 3 || l.figures.Refreshes.Count() != 3 || out.String() != "4000\n6000\n8000\n" {
				t.Errorf("%+v, %q", l.figures, out.String())
			}
			if m := mappedOf(r.folder); (m.files > 0) != (m.bytes > 0) || l.figures.Files < m.files || l.figures.Mapped < m.bytes {
				t.Errorf("%+v, at most %d, %d", m, l.figures.Files, l.figures.Mapped)
			}
		})
	}
}

func TestListings(t *testing.T) {
	ctx := t.Context()
	l := opened(t, made(t, 3), new(bytes.Buffer))
	l.Verify, l.Duration, l.Listing = true, 200*time.Millisecond, 100*time.Millisecond
	l.compacted.Store(1)
	l.began = time.Now()
	if err := l.list(ctx); err != nil || l.figures.Listings == 0 {
		t.Errorf("%d listings, %v", l.figures.Listings, err)
	}
	// What is wrong is noticed.
	all := l.names
	for _, c := range []struct {
		want  string
		wrong func()
	}{
		{"a listing is without content ", func() { l.names = append([]content.ID{content.EmptyID}, all...) }},
		{"a listing has 2000 contents; there were 2001 when it began", func() { l.visible.Store(contents + 1) }},
		{"and 1999 when it ended", func() { l.begun.Store(contents - 1) }},
	} {
		l.names = all
		l.start()
		c.wrong()
		l.began, l.Verify = time.Now(), false
		if err := l.list(ctx); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want %q", err, c.want)
		}
	}
}

func TestLookups(t *testing.T) {
	var out bytes.Buffer
	l := opened(t, made(t, 3), &out)
	ctx, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer stop()
	if err := l.lookUp(ctx); err != nil || l.figures.Lookups.Count() == 0 || !strings.HasPrefix(out.String(), "2000\n") {
		t.Errorf("%d lookups, %v, %q", l.figures.Lookups.Count(), err, out.String())
	}
	for ended, took := range l.figures.Times.All() {
		if took > l.figures.Lookups.Worst() {
			t.Errorf("a lookup of %v, which ended at %v", took, ended)
		}
	}
	l.names = []content.ID{content.EmptyID}
	if err := l.lookUp(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "looking ") {
		t.Errorf("error %v", err)
	}
}

func TestCheck(t *testing.T) {
	folder := made(t, 3).folder
	if status, out, problems := runWorker(t, "-check", "-folder", folder, "-atleast", "2000"); status != 0 || out != "2000\n" || problems != "" {
		t.Errorf("status %d, stdout %q, stderr %q", status, out, problems)
	}
	if status, _, problems := runWorker(t, "-check", "-folder", folder, "-atleast", "2001"); status != 1 || !strings.Contains(problems, "2000 contents, but 2001 were written") {
		t.Errorf("status %d, stderr %q", status, problems)
	}
	// A pack that is gone is what only reading all contents finds.
	packs := 0
	err := filepath.WalkDir(filepath.Join(folder, "blobs"), func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.Contains(path, string(filepath.Separator)+"p") {
			return err
		}
		packs++
		return os.Remove(path)
	})
	if err != nil || packs == 0 {
		t.Fatalf("%d packs, %v", packs, err)
	}
	if status, _, problems := runWorker(t, "-check", "-folder", folder); status != 1 || !strings.HasPrefix(problems, "worker: content ") {
		t.Errorf("status %d, stderr %q", status, problems)
	}
}

func TestUnusableFolder(t *testing.T) {
	for _, args := range [][]string{
		{"-folder", filepath.Join(t.TempDir(), "missing")},
		{"-check", "-folder", t.TempDir()},
	} {
		if status, out, problems := runWorker(t, args...); status != 1 || out != "" || !strings.HasPrefix(problems, "worker: ") {
			t.Errorf("%v: status %d, stdout %q, stderr %q", args, status, out, problems)
		}
	}
	if status, _, _ := runWorker(t, "-version", "4"); status != 2 {
		t.Errorf("status %d", status)
	}
}

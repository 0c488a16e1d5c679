package main

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"hazptr/internal/long"
	"hazptr/tools/loads/bbolt/internal/figures"
	"hazptr/tools/loads/internal/pair"
	"hazptr/tools/loads/internal/patch"
)

// remapping are a worker's arguments for as many remaps as possible among many
// readers.
func remapping(t *testing.T) []string {
	return []string{"-file", filepath.Join(t.TempDir(), "db"), "-grow", "4000000", "-readers", "2", "-long", "4", "-hold", "3ms", "-duration", "2s", "-nosync"}
}

// copies makes both copies.
func copies(t *testing.T) *pair.Pair {
	t.Helper()
	p, err := plan.Make(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// withEdits builds a worker with a copy to which further edits are made.
func withEdits(t *testing.T, further ...patch.Edit) *pair.Worker {
	t.Helper()
	c := copies(t).Patched()
	if _, err := c.Source.Apply(further...); err != nil {
		t.Fatal(err)
	}
	w, err := c.Worker(t.Context(), workerFolder)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestManyRemaps(t *testing.T) {
	long.Only(t, "it builds a program")
	w := withEdits(t)
	// On a machine that is busy with other things one run tries little.
	for runs, updates, stays := 1, 0, 0; updates < 50 || stays < 50; runs++ {
		if runs > 10 {
			t.Fatalf("%d updates, %d long transactions: too little was tried", updates, stays)
		}
		f := figures.New()
		if err := w.Figures(t.Context(), f, remapping(t)...); err != nil {
			t.Fatal(err)
		}
		t.Logf("%d remaps, %d Views, %d long transactions", f.Remaps, f.Views.Count(), f.Stays)
		updates += int(f.Updates.Count())
		stays += int(f.Stays)
	}
}

// Without one of the rules on which the edits rest, the same worker fails.
func TestWorkerNotices(t *testing.T) {
	long.Only(t, "it builds programs")
	acquire, lock := "guard := db.mapped.Acquire()", "db.metalock.Lock()"
	for _, c := range []struct {
		rule   string
		breaks []patch.Edit
	}{
		{"a reader takes its mapping and its meta page in one critical section", []patch.Edit{
			begin.Replace(acquire, ""),
			begin.Before(lock, acquire+"\ntime.Sleep(time.Millisecond)"),
		}},
		{"a mapping ends when no reader holds it", []patch.Edit{
			patch.Func("mapping.go", "(*DB).publish").Replace("db.mapped.Replace(next)", `guard := db.mapped.Acquire()
			old := guard.Ptr()
			guard.Release()
			db.mapped.Replace(next)
			if old != nil {
				_ = munmap(&DB{mapping: *old})
				old.dataref = nil // it is not unmapped twice
			}`),
		}},
		{"a mapping is published before the meta page that needs it", []patch.Edit{
			remap.Replace("defer db.publish()", `if !db.mapped.Do(func(*mapping) {}) {
				defer db.publish()
			} else {
				defer time.AfterFunc(20*time.Millisecond, db.publish)
			}`),
		}},
	} {
		t.Run(c.rule, func(t *testing.T) {
			w := withEdits(t, c.breaks...)
			for try := 1; ; try++ { // what is broken may also hang
				ctx, stop := context.WithTimeout(t.Context(), 30*time.Second)
				f := figures.New()
				err := w.Figures(ctx, f, remapping(t)...)
				late := ctx.Err() != nil
				stop()
				if err != nil && !late && !strings.Contains(err.Error(), "isn't correctly mapped") {
					first, _, _ := strings.Cut(err.Error(), "\ngoroutine ")
					t.Log(first)
					return
				}
				if try == 3 {
					t.Fatalf("it did not notice: %v, %v", f, err)
				}
			}
		})
	}
}

// The worker has no reader left when it closes, but bbolt's own tests do.
func TestBboltsTestsNotice(t *testing.T) {
	long.Only(t, "it builds a program")
	c := copies(t).Patched()
	test := func() *pair.Suite {
		if err := failpoints(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		s, err := c.Test(t.Context(), "-short", "-run", "^TestDB_Close_PendingTx_RO$", ".")
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	if s := test(); s.Passed != 1 || len(s.Failed) > 0 {
		t.Errorf("passed %d, failed %v", s.Passed, s.Failed)
	}
	if _, err := c.Source.Apply(patch.Func("db.go", "(*DB).Close").Replace("db.awaitReaders()", "")); err != nil {
		t.Fatal(err)
	}
	if s := test(); !slices.Equal(s.Failed, []string{"go.etcd.io/bbolt TestDB_Close_PendingTx_RO"}) {
		t.Errorf("passed %d, failed %v: it did not notice", s.Passed, s.Failed)
	}
}

func TestDiffIsSmallAndBuilds(t *testing.T) {
	long.Only(t, "it downloads bbolt")
	p := copies(t)
	if p.Patched().Change.Added == 0 || p.Patched().Change.Added > 100 || p.Patched().Change.Removed > 40 {
		t.Errorf("%d lines added, %d removed", p.Patched().Change.Added, p.Patched().Change.Removed)
	}
	if _, err := p.Patched().Source.Go(t.Context(), "build", "."); err != nil {
		t.Error(err)
	}
}

func TestRefusal(t *testing.T) {
	for _, system := range []string{"windows", "openbsd", "solaris", "aix", "android", "plan9"} {
		if err := refusal(system); err == nil || !strings.Contains(err.Error(), system) {
			t.Errorf("%s: %v", system, err)
		}
	}
	if err := refusal("linux"); err != nil {
		t.Error(err)
	}
}

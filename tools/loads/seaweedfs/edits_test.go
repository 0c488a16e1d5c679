package main

import (
	"context"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"hazptr/internal/long"
	"hazptr/tools/loads/internal/pair"
	"hazptr/tools/loads/internal/patch"
)

// vacuuming is a scenario with all that can happen beside a commit.
var vacuuming = &scenario{name: "all at once", args: []string{"-size", "4000000", "-changes", "2000", "-client", "300ms", "-readers", "4", "-writes", "500us", "-pause", "10us"}}

// copyOf makes a copy of SeaweedFS with edits.
func copyOf(t *testing.T, edits ...patch.Edit) *pair.Copy {
	t.Helper()
	plan := plan
	plan.Arms = []pair.Arm{{Name: "hazptr", Edits: edits}}
	p, err := plan.Make(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return p.Patched()
}

// workerOf builds a worker with such a copy.
func workerOf(t *testing.T, flags []string, edits ...patch.Edit) *pair.Worker {
	t.Helper()
	w, err := copyOf(t, edits...).Worker(t.Context(), workerFolder, flags...)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// Readers, a writer and a slow client beside a commit: nothing is lost, nothing
// read that is wrong, and nothing is a data race.
func TestAllAtOnce(t *testing.T) {
	long.Only(t, "it downloads SeaweedFS and builds it")
	for name, edits := range map[string][]patch.Edit{"lock": besideLock, "hazptr": held} {
		t.Run(name, func(t *testing.T) {
			w := workerOf(t, []string{"-race"}, edits...)
			for _, more := range [][]string{nil, {"-slowread"}, {"-leveldb"}, {"-leveldb", "-slowread"}} {
				s := &scenario{args: append(slices.Clip(vacuuming.args), more...)}
				for run := 0; ; run++ {
					f, err := s.run(t.Context(), w)
					if err != nil {
						t.Fatalf("%v: %v", more, err)
					}
					if f.Reads.Count() > 100 && f.Writes.Count() > 10 && f.Commit > 0 {
						break
					}
					if run == 10 {
						t.Fatalf("%v: %d reads, %d writes: too little was tried", more, f.Reads.Count(), f.Writes.Count())
					}
				}
			}
		})
	}
}

// Without one of the rules on which the edits rest, the same worker fails.
func TestWorkerNotices(t *testing.T) {
	long.Only(t, "it downloads SeaweedFS and builds it")
	tenureFile := inStorage + "volume_tenure.go"
	for _, c := range []struct {
		rule   string
		breaks []patch.Edit
	}{
		{"a data file is closed when nothing reads it", []patch.Edit{busted}},
		{"a read holds the file to which its lookup belongs", []patch.Edit{
			patch.Import(tenureFile, "time"),
			patch.Func(tenureFile, "(*Volume).lookUp").Replace("return v.beginLocked(), nv, ok", `v.dataFileAccessLock.RUnlock()
			time.Sleep(time.Millisecond)
			v.dataFileAccessLock.RLock()
			return v.beginLocked(), nv, ok`),
		}},
		{"writes wait for a commit", []patch.Edit{commit.Replace("v.dataFileSyncLock.Lock()\ndefer v.dataFileSyncLock.Unlock()", "")}},
		{"the needle map changes with the file", []patch.Edit{become.Rename("v.nm, v.tmpNm = next.nm, next.tmpNm", "v.tmpNm = next.tmpNm")}},
	} {
		t.Run(c.rule, func(t *testing.T) {
			w := workerOf(t, nil, append(slices.Clip(held), c.breaks...)...)
			for try := 1; ; try++ { // what is broken may also hang
				ctx, stop := context.WithTimeout(t.Context(), 30*time.Second)
				f, err := vacuuming.run(ctx, w)
				late := ctx.Err() != nil
				stop()
				if err != nil && !late {
					first, _, _ := strings.Cut(err.Error(), "\ngoroutine ")
					t.Log(first)
					return
				}
				if try == 20 {
					t.Fatalf("it did not notice: %v, %v", f, err)
				}
			}
		})
	}
}

// What the worker can't see: how Close ends a file, and what a commit that
// fails leaves.
func TestInside(t *testing.T) {
	long.Only(t, "it downloads SeaweedFS and builds it")
	text, err := os.ReadFile("testdata/hazptr_tenure_test.go")
	if err != nil {
		t.Fatal(err)
	}
	const tests = 3
	for _, c := range []struct {
		rule   string
		breaks []patch.Edit
		fails  string
	}{
		{"as it should be", nil, ""},
		{"a data file is closed when nothing reads it", []patch.Edit{busted}, "TestHazptrClient"},
		{"Close closes a file that nothing reads", []patch.Edit{patch.Func(inStorage+"volume.go", "(*Volume).doClose").Replace("awaitEnds()", "")}, "TestHazptrClose"},
		{"a commit that fails late leaves the volume closed", []patch.Edit{commit.ReplaceThrough("if beside {\ndefer func() {", "}()\n}", "")}, "TestHazptrFailedCommit"},
	} {
		t.Run(c.rule, func(t *testing.T) {
			edits := append(slices.Clip(held), c.breaks...)
			edits = append(edits, patch.Add(inStorage+"hazptr_tenure_test.go", string(text)))
			for try := 1; ; try++ {
				s, err := copyOf(t, edits...).Test(t.Context(), "-trimpath", "-run", "^TestHazptr", "./weed/storage")
				if err != nil {
					t.Fatal(err)
				}
				switch {
				case c.fails == "" && s.Passed == tests && len(s.Failed) == 0:
					return
				case c.fails != "" && slices.Contains(s.Failed, plan.Module.Path+"/weed/storage "+c.fails):
					return
				case c.fails == "" || try == 5:
					t.Fatalf("passed %d, failed %v", s.Passed, s.Failed)
				}
			}
		})
	}
}

// A worker that loses what it has written is noticed when its volume is
// checked.
func TestCrashNotices(t *testing.T) {
	long.Only(t, "it downloads SeaweedFS and builds it")
	original := workerOf(t, nil)
	patched := workerOf(t, nil, append(slices.Clip(held), stops()...)...)
	for _, p := range points {
		if needles, err := killed(t.Context(), patched, original, p.name); err != nil || needles == 0 {
			t.Errorf("%s: %d needles, %v", p.name, needles, err)
		}
	}
	// The marker says that the renames are decided before what has changed is
	// copied.
	broken := append(slices.Clip(held), stops()...)
	broken = append(broken, patch.Func(inStorage+"volume_vacuum.go", "(*Volume).makeupDiff").Before("var indexSize int64", "if true {\nreturn nil\n}"))
	lossy := workerOf(t, nil, broken...)
	if _, err := killed(t.Context(), lossy, original, points[1].name); err == nil {
		t.Error("needles are lost, and it is not noticed")
	} else {
		t.Log(err)
	}
	if _, err := killed(t.Context(), patched, original, "nowhere"); err == nil {
		t.Error("a worker that was not killed passes")
	}
}

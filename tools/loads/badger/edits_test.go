package main

import (
	"os"
	"slices"
	"testing"

	"hazptr/internal/long"
	"hazptr/tools/loads/internal/pair"
	"hazptr/tools/loads/internal/patch"
)

// insideTests are tests that run inside badger's package.
const insideTests = "testdata/hazptr_test.go"

// copies makes all copies, with the tests.
func copies(t *testing.T) *pair.Pair {
	t.Helper()
	text, err := os.ReadFile(insideTests)
	if err != nil {
		t.Fatal(err)
	}
	plan := plan
	plan.Tests = []patch.Edit{patch.Add("hazptr_test.go", string(text))}
	p, err := plan.Make(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// inside runs insideTests on a copy.
func inside(t *testing.T, c *pair.Copy, args ...string) *pair.Suite {
	t.Helper()
	s, err := c.Test(t.Context(), append(args, ".")...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestEras(t *testing.T) {
	long.Only(t, "it builds programs")
	p := copies(t)
	for _, c := range p.Copies[1:] {
		args := []string{"-race", "-run", "^TestHazptr", "-skip", "^TestHazptrCloseBeforeIterators$"}
		want := 6
		if c == p.Patched() {
			args, want = args[:3], 7
		}
		if s := inside(t, c, args...); s.Passed != want || len(s.Failed) > 0 {
			t.Errorf("%s: passed %d, want %d; failed %v", c.Name, s.Passed, want, s.Failed)
		}
	}
}

// Without one of the rules on which the edits rest, the same tests fail. So
// does badger as it is, where one that the edits mend is broken.
func TestErasNotice(t *testing.T) {
	long.Only(t, "it builds programs")
	for _, c := range []struct {
		rule   string
		breaks []patch.Edit
		fails  string
	}{
		{"eras are over in order", busted, "TestHazptrOldIteratorKeepsAll"},
		{"an iterator holds its era until it is closed", []patch.Edit{
			newIterator.After("era := txn.db.vlog.era.Acquire()", "era.Release()"),
		}, "TestHazptrOldIteratorKeepsAll"},
		{"an era ends when a file was rewritten", []patch.Edit{
			patch.Func("era.go", "(*valueLog).nextEra").Replace("vlog.era.Replace(new(era))", ""),
		}, "TestHazptrGoesAtOnce"},
		{"DropAll empties the list", []patch.Edit{
			patch.Func("value.go", "(*valueLog).dropAll").Replace("vlog.filesToBeDeleted = nil", ""),
		}, "TestHazptrDropAll"},
		{"the same, as it is", nil, "TestHazptrDropAll"},
	} {
		t.Run(c.rule, func(t *testing.T) {
			p := copies(t)
			broken := p.Patched()
			if c.breaks == nil {
				broken = p.Original()
			}
			if _, err := broken.Source.Apply(c.breaks...); err != nil {
				t.Fatal(err)
			}
			if s := inside(t, broken, "-run", "^"+c.fails+"$"); !slices.Equal(s.Failed, []string{plan.Module.Path + " " + c.fails}) {
				t.Errorf("passed %d, failed %v: it did not notice", s.Passed, s.Failed)
			}
		})
	}
}

func TestDiffIsSmall(t *testing.T) {
	long.Only(t, "it downloads badger")
	for i, most := range []struct{ added, removed int }{{0, 0}, {70, 60}, {90, 60}} {
		if c := copies(t).Copies[i]; c.Change.Added > most.added || c.Change.Removed > most.removed {
			t.Error(c.Lines())
		}
	}
}

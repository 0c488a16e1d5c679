package main

import (
	"strings"
	"testing"
	"time"

	"hazptr/tools/loads/badger/internal/figures"
	"hazptr/tools/loads/internal/pair"
)

// ended are runs after which there were so many files.
func ended(files ...int) (all runs) {
	for _, n := range files {
		f := figures.New()
		f.Files, f.Bytes = n, int64(n)*8e6
		f.Gets.Record(time.Duration(n) * time.Millisecond)
		f.Disk = []figures.Disk{{Files: n, Bytes: int64(n) * 9e6}}
		all = append(all, f)
	}
	return all
}

func TestGoals(t *testing.T) {
	for _, c := range []struct {
		after   runs
		reached bool
		want    string
	}{
		{ended(9, 15, 13), true, "2 iterators that overlap: 15 files at the end (wanted: 15 at most), as it is 122"},
		{ended(9, 16, 13), false, "2 iterators that overlap: 16 files at the end, which misses the goal: 15 at most on an idle machine; as it is 122"},
	} {
		before := ended(132, 122, 130)
		goals := goalsOf([]*scenario{{0, []runs{before, c.after, c.after}}, {2, []runs{before, ended(99), c.after}}})
		if len(goals) != 1 || goals[0].Reached != c.reached || goals[0].String() != c.want {
			t.Errorf("%v", goals)
		}
	}
}

func TestReport(t *testing.T) {
	for _, failed := range [][]string{nil, {"TestA"}} {
		r := report{
			Suites: pair.Suites{{Program: "as it is"}, {Program: "hazptr", Failed: failed}}, Crashes: &crashes{Killed: 3, Collecting: 1, Values: 7, Emptied: 2},
			Scenarios: []*scenario{{0, []runs{ended(3), ended(2), ended(4)}}, {2, []runs{ended(132, 122), ended(8, 9), ended(7, 7)}}},
		}
		r.conclude()
		out := r.String()
		if r.OK != (failed == nil) || strings.Contains(out, "fails: TestA") == r.OK {
			t.Errorf("%v: ok %v\n%s", failed, r.OK, out)
		}
		for _, want := range []string{
			"127 (122–132)", "1016 (976–1056) MB", "no iterator", "7 files at the end (wanted: 15 at most), as it is 122", "Workers killed: 3, of them while a file was rewritten or deleted: 1", "removed before: 2.",
		} {
			if !strings.Contains(out, want) {
				t.Errorf("no %q in\n%s", want, out)
			}
		}
		if f := r.Figures[0]; f.Name != "2 iterators that overlap: files at the end" || f.Before != 127 || f.After != 7 || f.Gain() < 18 {
			t.Errorf("%+v", f)
		}
		if c := r.Growth.Courses; len(c) != 3 || c[0].Name != "as it is" || c[0].Amounts[0].Value != 1188 {
			t.Errorf("%+v", r.Growth)
		}
	}
}

package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hazptr/tools/internal/latency"
	"hazptr/tools/loads/bbolt/internal/figures"
	"hazptr/tools/loads/internal/pair"
)

func TestWorseSuiteIsNotOK(t *testing.T) {
	for _, failed := range [][]string{nil, {"TestA"}} {
		r := report{Suites: pair.Suites{{}, {Failed: failed}}, Crashes: &crashes{Killed: 1, Values: 7}}
		r.conclude()
		if out := r.String(); r.OK != (failed == nil) || strings.Contains(out, "fails: TestA") == r.OK {
			t.Errorf("%v: ok %v\n%s", failed, r.OK, out)
		}
	}
}

// The picture is of the first number of long readers that is not 0.
func TestPicture(t *testing.T) {
	r := report{Grow: 64_000_000, Hold: time.Second, Rounds: 3, Version: plan.Module.String()}
	for _, n := range []int{0, 1, 16} {
		s := &scenario{long: n, before: figures.New(), after: figures.New()}
		for _, f := range []*figures.Figures{s.before, s.after} {
			begun := time.Now()
			f.Times = latency.NewTimeline(begun)
			f.Times.Record(begun.Add(time.Second), 900*time.Millisecond)
			f.Views.Record(900 * time.Millisecond)
		}
		r.Scenarios = append(r.Scenarios, s)
	}
	r.conclude()
	if drawn, err := r.Draw(filepath.Join(t.TempDir(), "picture.svg")); !drawn || err != nil {
		t.Error(drawn, err)
	}
	if heading := r.Stall.Heading[0]; !strings.Contains(heading, "beside 1 long reader (1s)") {
		t.Error(heading)
	}
	r.Scenarios = r.Scenarios[:1]
	r.Stall = nil
	r.conclude()
	if drawn, err := r.Draw("nowhere"); drawn || err != nil {
		t.Error(drawn, err)
	}
}

package main

import (
	"math"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hazptr/tools/internal/latency"
	"hazptr/tools/loads/bbolt/internal/figures"
	"hazptr/tools/loads/internal/pair"
	"hazptr/tools/loads/internal/patch"
)

// testReport is of no scenario.
func testReport() *report {
	workers := []*pair.Worker{{Copy: &pair.Copy{Name: "original"}}, {Copy: &pair.Copy{Name: "patched"}}}
	r := newReport(&options{}, patch.Change{}, waysOf(workers, 64_000_000))
	r.Crashes = &crashes{}
	return r
}

func TestWorseSuiteIsNotOK(t *testing.T) {
	for _, failed := range [][]string{nil, {"TestA"}} {
		r := testReport()
		r.Suites, r.Crashes = pair.Suites{{Program: "original"}, {Program: "patched", Failed: failed}}, &crashes{Killed: 1, Values: 7}
		r.conclude()
		if out := r.String(); r.OK != (failed == nil) || strings.Contains(out, "fails: TestA") == r.OK {
			t.Errorf("%v: ok %v\n%s", failed, r.OK, out)
		}
	}
}

// A size of the option that suffices is told apart from one that doesn't.
func TestOption(t *testing.T) {
	r := testReport()
	s := &scenario{long: 1}
	for i, ms := range []time.Duration{1000, 4, 500, 2} {
		s.done[i] = views(10, ms*time.Millisecond)
	}
	s.done[2].Remaps = 3
	r.Scenarios = []*scenario{s}
	r.conclude()
	out := r.String()
	for _, want := range []string{
		"│ InitialMmapSize        │        0 │   128 MB │    16 MB │       0 │",
		"\noriginal, InitialMmapSize 128 MB: worst View 4.00 ms, 0 remaps\n",
		"\noriginal, InitialMmapSize 16 MB: worst View 500 ms, 3 remaps\n",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	against := r.Figures[len(rows):]
	if len(against) != 4 || against[0].Name != "1 long reader: View, worst, against InitialMmapSize 128 MB" || math.Round(against[0].Gain()) != 2 || math.Round(against[2].Gain()) != 250 {
		t.Errorf("%+v", against)
	}
}

// The picture is of the first number of long readers that is not 0.
func TestPicture(t *testing.T) {
	r := testReport()
	r.Grow, r.Hold, r.Rounds, r.Version = 64_000_000, time.Second, 3, plan.Module.String()
	for _, n := range []int{0, 1, 16} {
		s := &scenario{long: n}
		for i := range s.done {
			begun := time.Now()
			f := figures.New()
			f.Times = latency.NewTimeline(begun)
			f.Times.Record(begun.Add(time.Second), 900*time.Millisecond)
			f.Views.Record(900 * time.Millisecond)
			s.done[i] = f
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

package main

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hazptr/tools/internal/latency"
	"hazptr/tools/loads/internal/pair"
	"hazptr/tools/loads/internal/summary"
	"hazptr/tools/loads/seaweedfs/internal/figures"
)

// found are scenarios in which the worst read of each arm took so long, round
// by round.
func found(worst ...[]time.Duration) []*scenario {
	all := scenariosOf(&options{Client: time.Second})
	for _, s := range all {
		for arm, rounds := range worst {
			for _, d := range rounds {
				begun := time.Now()
				f := figures.New()
				f.Reads.Record(d)
				f.Times = latency.NewTimeline(begun)
				f.Times.Record(begun.Add(d), d)
				f.Commit = d
				s.rounds[arm] = append(s.rounds[arm], f)
			}
		}
	}
	return all
}

func TestGoals(t *testing.T) {
	for _, c := range []struct {
		hazptr                 []time.Duration
		asItIs, withTheLock    bool
		asItIsGot, withLockGot float64
	}{
		{[]time.Duration{10 * time.Millisecond, 10 * time.Millisecond, 10 * time.Millisecond}, true, false, 100, 90},
		{[]time.Duration{time.Millisecond, time.Millisecond, time.Second}, true, true, 1000, 900},
		{[]time.Duration{time.Second, time.Second, time.Millisecond}, false, false, 1, 0.9},
	} {
		second := []time.Duration{time.Second, time.Second, time.Second}
		less := []time.Duration{900 * time.Millisecond, 900 * time.Millisecond, 900 * time.Millisecond}
		goals := goalsOf(found(second, second, less, c.hazptr))
		if len(goals) != 2 || goals[0].Reached != c.asItIs || goals[1].Reached != c.withTheLock || goals[0].Got != c.asItIsGot || goals[1].Got != c.withLockGot {
			t.Errorf("%v: %+v", c.hazptr, goals)
		}
		for _, g := range goals {
			if strings.Contains(g.String(), "idle machine") == g.Reached || !strings.HasPrefix(g.String(), "a client of 1s, a vacuum: worst read lower than ") {
				t.Errorf("%v", g)
			}
		}
	}
}

func testReport(failed []string) *report {
	round := []time.Duration{2 * time.Millisecond, 4 * time.Millisecond, 3 * time.Millisecond}
	r := &report{
		Crashes:   &crashes{Killed: 1, Needles: 7},
		Suites:    pair.Suites{{Program: "as it is"}, {Program: "hazptr", Failed: failed}},
		Reading:   []reading{{Lines: 660}, {Lines: 660}, {Lines: 660}, {Lines: 590}},
		Scenarios: found(round, round, round, round),
	}
	r.conclude()
	return r
}

func TestReport(t *testing.T) {
	out := testReport(nil).String()
	for _, want := range []string{
		"│   read, worst", " 3.00 ms (2.00 ms–4.00 ms) │", "│   commit", "idle machine", "volume_read.go, lines", " 590 │", "Workers killed in a commit: 1. Each volume was whole: SeaweedFS's own load and scrub, and 7 needles.",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if strings.Contains(out, "write, worst") { // nothing was written
		t.Errorf("a row of nothing in\n%s", out)
	}
}

func TestPicture(t *testing.T) {
	r := testReport(nil)
	if drawn, err := r.Draw(filepath.Join(t.TempDir(), "picture.svg")); !drawn || err != nil {
		t.Error(drawn, err)
	}
	if len(r.Stall.Sides) != len(plan.Arms) || r.Stall.Sides[3].All.Count() != 3 {
		t.Errorf("%+v", r.Stall)
	}
}

func TestFigures(t *testing.T) {
	names := ""
	for _, f := range testReport(nil).Figures[:4] {
		names += f.Name + "\n"
	}
	const scenario = "a client of 1s, a vacuum: "
	if want := scenario + "read, worst\n" + scenario + "read, worst, against file kept\n" + scenario + "read, worst, against lock\n" + scenario + "read, median\n"; names != want {
		t.Errorf("%s, want\n%s", names, want)
	}
}

func TestWorseSuiteIsNotOK(t *testing.T) {
	for _, failed := range [][]string{nil, {"TestA"}} {
		r := testReport(failed)
		if out := r.String(); r.OK != (failed == nil) || strings.Contains(out, "fails: TestA") == r.OK {
			t.Errorf("%v: ok %v\n%s", failed, r.OK, out)
		}
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestOutputFails(t *testing.T) {
	for _, format := range []string{"table", "json"} {
		if err := summary.Write(brokenPipe{}, format, testReport(nil)); err == nil {
			t.Errorf("%s: no error", format)
		}
	}
}

func TestReading(t *testing.T) {
	const text = `package storage

func (v *Volume) streamNeedleData(readOption *ReadOption) {
	if readOption.HasSlowRead {
		v.dataFileAccessLock.RLock()
		defer v.dataFileAccessLock.RUnlock()
	}
	for range 3 {
		switch {
		case true:
		}
	}
}

func other() {
	if true {
	}
}
`
	want := reading{Lines: 18, Locking: 2, SlowRead: 1, Stream: 11, Branches: 3}
	if got, err := readingOf([]byte(text)); err != nil || got != want {
		t.Errorf("%+v, %v; want %+v", got, err, want)
	}
	for _, bad := range []string{"package storage\n", "package"} {
		if _, err := readingOf([]byte(bad)); err == nil {
			t.Errorf("%q: no error", bad)
		}
	}
}

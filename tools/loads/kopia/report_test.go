package main

import (
	"strings"
	"testing"
	"time"

	"hazptr/tools/loads/internal/pair"
	"hazptr/tools/loads/kopia/internal/figures"
)

// testReport is of runs in which the original has died, the locked copy has
// hung where its callback looks contents up, and the others were alive. Their
// worst lookups are the milliseconds given.
func testReport(t *testing.T, locked, counted, patched time.Duration) *report {
	t.Helper()
	r := newReport(&options{}, &pair.Pair{Copies: []*pair.Copy{{Name: "original"}, {Name: "locked"}, {Name: "counted"}, {Name: "hazptr"}}})
	r.Crashes = &crashes{}
	for _, verify := range []bool{false, true} {
		s := &scenario{version: 3, verify: verify}
		for i, worst := range []time.Duration{0, locked, counted, patched} {
			a := &arm{Name: []string{"original", "locked", "counted", "hazptr"}[i], Figures: figures.New()}
			s.arms = append(s.arms, a)
			f, err := figures.New(), error(nil)
			f.Lookups.Record(worst * time.Millisecond)
			switch {
			case i == 0:
				err = errDied
			case i == 1 && verify:
				err = errHung
			}
			for range 2 {
				if err := a.add(f, err); err != nil {
					t.Fatal(err)
				}
			}
		}
		r.Scenarios = append(r.Scenarios, s)
	}
	r.conclude()
	return r
}

func TestReport(t *testing.T) {
	r := testReport(t, 1000, 9, 10)
	out := r.String()
	for _, want := range []string{
		"\nformat 3, listing: original died 2 of 2; locked alive 2 of 2; counted alive 2 of 2; hazptr alive 2 of 2\n",
		"\nformat 3, verifying: original died 2 of 2; locked hung 2 of 2; counted alive 2 of 2; hazptr alive 2 of 2\n",
		"\nformat 3, listing: worst lookup of a run lower than with the lock: 100 times (wanted: 50)\n",
		"│ worst lookup of a run, median │             │       1.00 s │      9.00 ms │      10.0 ms │",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if len(r.Goals) != 1 || !r.Goals[0].Reached || !r.OK {
		t.Errorf("%+v", r.Goals)
	}
	if len(r.Figures) != 5 || r.Figures[1].Gain() != 100 || r.Figures[2].Gain() != 0.9 {
		t.Errorf("%+v", r.Figures)
	}
	if missed := testReport(t, 499, 9, 10); missed.Goals[0].Reached || !strings.Contains(missed.String(), " times, which misses the goal: 50 on an idle machine") {
		t.Errorf("%+v", missed.Goals)
	}
}

// What a copy may not end with ends the program.
func TestCopiesThatEndOtherwise(t *testing.T) {
	for _, c := range []struct {
		name string
		err  error
	}{
		{"locked", errDied}, {"counted", errDied}, {"hazptr", errDied},
		{"original", errHung}, {"counted", errHung}, {"hazptr", errHung},
		{"original", errUnknown}, {"locked", errUnknown},
	} {
		a := &arm{Name: c.name, Figures: figures.New()}
		if err := a.add(nil, c.err); err != c.err || a.Alive+a.Died+a.Hung != 0 {
			t.Errorf("%s, %v: %v, %+v", c.name, c.err, err, a)
		}
	}
}

func TestWorseSuiteIsNotOK(t *testing.T) {
	for _, failed := range [][]string{nil, {"TestA"}} {
		r := testReport(t, 1000, 9, 10)
		r.Suites, r.Crashes = pair.Suites{{Program: "original"}, {Program: "hazptr", Failed: failed}}, &crashes{Killed: 1, Contents: 7}
		r.conclude()
		if out := r.String(); r.OK != (failed == nil) || strings.Contains(out, "fails: TestA") == r.OK || !strings.Contains(out, "has read 7") {
			t.Errorf("%v: ok %v\n%s", failed, r.OK, out)
		}
	}
}

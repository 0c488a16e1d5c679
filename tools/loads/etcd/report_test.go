package main

import (
	"errors"
	"strings"
	"testing"
	"time"

	"hazptr/tools/loads/etcd/internal/figures"
	"hazptr/tools/loads/internal/pair"
	"hazptr/tools/loads/internal/summary"
)

// gets are figures of a run whose worst Gets take so long, by arm.
func gets(worst ...time.Duration) (runs [][]*figures.Figures) {
	for _, d := range worst {
		f := figures.New(time.Now())
		f.Serializable.Latencies.Record(d)
		f.Linearizable.Latencies.Record(2 * d)
		f.DiskMost = 7e6
		f.Puts.Failed = 1
		runs = append(runs, []*figures.Figures{f, f})
	}
	return runs
}

func testReport(runs [][]*figures.Figures, suites pair.Suites) *report {
	r := &report{Rounds: 2, Crashes: &crashes{Killed: 6, Values: 7}, Suites: suites, Scenarios: []*scenario{{snapshot: 5 * time.Second, runs: runs}}}
	r.Lines = []pair.Lines{{Arm: "plain Go", Added: 2, Removed: 1}, {Arm: "hazptr", Added: 4, Removed: 3}}
	r.conclude()
	return r
}

func TestReport(t *testing.T) {
	for _, c := range []struct {
		runs [][]*figures.Figures
		want []string
	}{
		{gets(5*time.Second, 20*time.Millisecond, 20*time.Millisecond), []string{
			"plain Go: +2 −1 lines; hazptr: +4 −3 lines.\n",
			"snapshot of 5s: Get, serializable, worst, lower: 250 times (wanted: 50)\n",
			"snapshot of 5s: Get, linearizable, worst: hazptr is ahead of original (250.00 times); no difference seen to plain Go\n",
			"│ Get, serializable, worst      │   5.00 s │  20.0 ms │ 20.0 ms │\n",
			"│ disk, at most                 │     7 MB │     7 MB │    7 MB │\n",
			"count as that long: 6.\n",
			"Servers killed: 6. ",
		}},
		{gets(time.Second, 10*time.Millisecond, 40*time.Millisecond), []string{
			"snapshot of 5s: Get, linearizable, worst, lower: 25 times, which misses the goal: 50 on an idle machine\n",
			"hazptr is ahead of original (25.00 times); hazptr is behind plain Go (0.25 times)",
		}},
	} {
		r := testReport(c.runs, nil)
		for _, want := range c.want {
			if !strings.Contains(r.String(), want) {
				t.Errorf("no %q in\n%s", want, r)
			}
		}
		if !r.OK {
			t.Error("not OK")
		}
		if f := r.Figures[0]; f.Name != "snapshot of 5s: Get, serializable, worst" || f.Unit != "ms" || f.Before <= f.After {
			t.Errorf("%+v", f)
		}
	}
}

func TestWorseSuiteIsNotOK(t *testing.T) {
	for _, failed := range [][]string{nil, {"TestA"}} {
		r := testReport(gets(1, 1, 1), pair.Suites{{Program: "original"}, {Program: "plain Go"}, {Program: "hazptr", Failed: failed}})
		if r.OK != (failed == nil) || strings.Contains(r.String(), "fails: TestA") == r.OK {
			t.Errorf("%v: ok %v\n%s", failed, r.OK, r)
		}
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestOutputFails(t *testing.T) {
	for _, format := range []string{"table", "json"} {
		if err := summary.Write(brokenPipe{}, format, testReport(gets(1, 1, 1), nil)); err == nil {
			t.Errorf("%s: no error", format)
		}
	}
}

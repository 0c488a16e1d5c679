package contest

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"hazptr/tools/loads/internal/summary"
)

func someReport(ours ...string) Report {
	results := []Result{
		resultOf("bare", 0, "hazptr", []*Found{played(1000), played(100)}),
		resultOf("bare", 0, "lock", []*Found{played(500), played(50)}),
		resultOf("bare", 7, "hazptr", []*Found{played(1000), played(1000)}),
		resultOf("bare", 7, "lock", []*Found{played(500), played(1100)}),
		resultOf("bare", 7, "guard", []*Found{played(2000), played(2000)}),
		resultOf("web", 0, "lock", []*Found{played(1), played(2)}),
		// The way that is named twice.
		resultOf("bare", 0, "hazptr", []*Found{played(1), played(1)}),
	}
	kinds := []Kind{{Name: "bare", Text: "checks"}, {Name: "web", Text: "requests"}}
	return NewReport(summary.New("load", "hurt", nil), &Options{Duration: time.Second, Rounds: 2}, kinds, results, ours...)
}

func TestReport(t *testing.T) {
	r := someReport()
	if !r.OK || r.Verdict != "checks: hazptr is behind guard (0.50 times); no difference seen to lock" {
		t.Errorf("%s", r.Verdict)
	}
	if r := someReport("guard"); r.Verdict != "checks: no difference seen to lock" {
		t.Errorf("%s", r.Verdict)
	}
	if r := someReport("guard", "lock"); r.Verdict != "nothing to compare hazptr with" {
		t.Errorf("%s", r.Verdict)
	}
	if to := r.Of("bare", 0, "lock").ToHazptr; to == nil || to.Median != 0.5 {
		t.Errorf("to hazptr %v", to)
	}
	if to := r.Of("web", 0, "lock").ToHazptr; to != nil {
		t.Errorf("to a hazptr that was not there: %v", to)
	}
	n := 0
	for other, base := range r.Pairs(Kind{Name: "bare"}, "guard") {
		if n++; other.Way != "lock" || base.Way != "hazptr" || other.Rate != base.Rate {
			t.Errorf("%s beside %s", other.Way, base.Way)
		}
	}
	if n != 2 {
		t.Errorf("%d pairs", n)
	}
	if !strings.HasPrefix(r.Head(), "1s in rounds: 2.\ngo") {
		t.Errorf("%q", r.Head())
	}
}

func TestReportAsJSON(t *testing.T) {
	text, err := json.Marshal(someReport())
	var read Report
	if err != nil || json.Unmarshal(text, &read) != nil || read.Load != "load" || len(read.Results) != 7 || read.Results[4].PerSecond.Max != 2000 {
		t.Errorf("%v, %+v", err, read)
	}
}

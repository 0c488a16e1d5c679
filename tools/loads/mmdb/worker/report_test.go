package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"hazptr/tools/internal/latency"
	"hazptr/tools/loads/internal/contest"
	"hazptr/tools/loads/internal/rounds"
)

func TestReportWithoutMaps(t *testing.T) {
	r := report{Endings: []*ending{{Way: "unsafe", How: "survived", After: 2 * time.Second}}}
	out := r.String()
	for _, want := range []string{"maps no files", "\nunsafe: survived after 2.00 s\n"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if strings.Contains(out, "lookups per second") {
		t.Errorf("a table of nothing in\n%s", out)
	}
}

func TestReportWithoutHazptr(t *testing.T) {
	r := report{Report: contest.Report{Results: []contest.Result{{Way: "gc", PerSecond: rounds.Spread{Median: 1.5e6}, Most: 7, MostBytes: 12_345_678}}}}
	out := r.String()
	for _, want := range []string{"│  1.50 M │", "│       7 │", "│ 12.3 MB │", "│    none │"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}

func TestReportFigures(t *testing.T) {
	path := ownDatabase(t)
	o, err := mmdb.Parse([]string{"-db", path}, nil)
	if err != nil {
		t.Fatal(err)
	}
	perSecond := map[string]int64{"hazptr": 1e6, guarded: 9e5, "live": 9e5, "mapped": 9e5, collected: 2e6}
	cells := contest.Cells([]contest.Kind{lookups}, []int{100}, []contest.Way[begin]{{Name: "hazptr"}, {Name: guarded}, {Name: "live"}, {Name: "mapped"}, {Name: collected}})
	results, err := contest.Hold(t.Context(), 1, cells, func(string) {}, func(_ context.Context, c cell) (*contest.Found, error) {
		f := &contest.Found{Elapsed: time.Second, Done: perSecond[c.Way.Name], Times: latency.NewHistogram(), Changes: latency.NewHistogram(), Outlived: latency.NewHistogram()}
		f.Outlived.Record(7 * time.Millisecond)
		return f, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	r, err := newReport(o, &trial{editions: []edition{{path: path}}}, results, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !r.OK || len(r.Figures) != 2 || r.Figures[0].Before != 2e6 || r.Figures[0].After != 1e6 || r.Figures[1].After != 7 || !strings.Contains(r.Verdict, "behind gc (0.50 times)\ngc unmaps after up to 7.00 ms") {
		t.Errorf("%+v", r.Summary)
	}
}

func TestBytesText(t *testing.T) {
	for n, want := range map[int64]string{12_345: "12.3 kB", 12_345_678: "12.3 MB"} {
		if got := bytesText(n); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

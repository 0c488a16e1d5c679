package contest

import (
	"strings"
	"testing"
	"time"
)

func TestTable(t *testing.T) {
	r := someReport()
	r.Results = r.Results[:2]
	r.Results[1].Ended = Times{Median: time.Millisecond, P99: 2 * time.Millisecond, P999: 3 * time.Millisecond, Worst: 4 * time.Millisecond}
	r.Results[1].Changes.Count, r.Results[1].Most = 17, 3
	rows := append([]Row{Changes("changes"), Alive("alive")}, Lasting("ended", EndedOf, "p99", "p99.9", "worst")...)
	rows = append(append(rows, Lasting("took", TimesOf)...), Lasting("waited", ChangesOf)...)
	out := r.Table(Block{Kind: "bare", Rows: Speed("per second")}, Block{Kind: "bare", Rows: rows})
	for _, want := range []string{
		"│                 │ hazptr │    lock │",
		"│ per second      │    550 │     275 │",
		"│   slowest round │    100 │      50 │",
		"│   fastest round │   1000 │     500 │",
		"│   to hazptr     │  1.00× │   0.50× │",
		"│ changes         │      0 │      17 │",
		"│ alive           │      0 │       3 │",
		"│ ended           │   0 ns │ 1.00 ms │",
		"│   p99           │   0 ns │ 2.00 ms │",
		"│   p99.9         │   0 ns │ 3.00 ms │",
		"│   worst         │   0 ns │ 4.00 ms │",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no %s in\n%s", want, out)
		}
	}
	if none := (&Report{}).Table(); none != "" {
		t.Errorf("a table of nothing:\n%s", none)
	}
}

func TestTexts(t *testing.T) {
	for got, want := range map[string]string{Number(99_999): "99999", Number(123_456): "0.12 M", Ratio(nil): ""} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

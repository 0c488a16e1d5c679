package main

import (
	"strings"
	"testing"
	"time"

	"hazptr/tools/loads/internal/rounds"
)

func TestConclude(t *testing.T) {
	measured := func(way string, perSecond float64) result {
		return result{Way: way, LookupsPerSec: &rounds.Spread{Median: perSecond}, ToHazptr: &rounds.Spread{Median: perSecond / 1e6, Min: perSecond / 1e6, Max: perSecond / 1e6},
			Unmapped: &times{Worst: 7 * time.Millisecond}}
	}
	r := report{Results: []result{measured("hazptr", 1e6), measured("hazptr-guard", 9e5), measured("gc", 2e6), {Way: "unsafe", Ended: &ending{}}}}
	r.conclude()
	if !r.OK || len(r.Figures) != 2 || r.Figures[0].Before != 2e6 || r.Figures[0].After != 1e6 || !strings.Contains(r.Verdict, "behind gc (0.50 times). gc unmaps after up to 7.00 ms") {
		t.Errorf("%+v", r.Summary)
	}
	for want, results := range map[string][]result{
		"did not run": {measured("gc", 1)},
		"ran alone":   {measured("hazptr", 1)},
	} {
		r := report{Results: results}
		if r.conclude(); !strings.Contains(r.Verdict, want) || len(r.Figures) != 0 {
			t.Errorf("%q, want %q", r.Verdict, want)
		}
	}
}

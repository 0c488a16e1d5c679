package bench

import (
	"slices"
	"testing"

	"hazptr/tools/internal/sample"
)

func TestSummarize(t *testing.T) {
	s := Set{Results: []*Result{
		{Type: "load", Readers: 8, Runs: sample.Sample{3}},
		{Type: "load", Readers: 1, Runs: sample.Sample{2, 4}},
		{Type: "other", Readers: 1, Runs: sample.Sample{10, 5}, replaced: sample.Sample{100, 300}},
		{Type: "other", Readers: 32, Runs: sample.Sample{9, 1, 5}},
	}}
	s.Summarize()
	if r := s.Results[2]; r.ToLoad == nil || *r.ToLoad != 2.5 || r.Replaced != 200 {
		t.Errorf("ratio is %v, want 2.5: minimum to minimum, of the same number of readers; %v updates", r.ToLoad, r.Replaced)
	}
	r := s.Results[3]
	if r.ToLoad != nil {
		t.Errorf("ratio is %v without a limit of 32 readers", *r.ToLoad)
	}
	if r.Minimum != 1 || r.Median != 5 || r.Maximum != 9 || r.Spread != 4./5 || !slices.Equal(r.Runs, sample.Sample{9, 1, 5}) {
		t.Errorf("%+v", r)
	}
}

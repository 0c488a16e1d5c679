package latency

import (
	"encoding/json"
	"testing"
	"time"
)

func TestJSON(t *testing.T) {
	h := NewHistogram()
	for d := time.Nanosecond; d < longest; d *= 3 {
		h.Record(d)
	}
	h.Record(longest + 1)
	text, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	var read *Histogram
	if err := json.Unmarshal(text, &read); err != nil {
		t.Fatal(err)
	}
	for _, q := range []float64{0, 0.2, 0.5, 0.9, 1} {
		if read.Quantile(q) != h.Quantile(q) {
			t.Errorf("quantile %v is %v, want %v", q, read.Quantile(q), h.Quantile(q))
		}
	}
	sum := NewHistogram()
	sum.Merge(read)
	if sum.Count() != h.Count() || sum.Worst() != longest+1 || sum.Average() != h.Average() {
		t.Errorf("%d durations, worst %v; want %d, %v", sum.Count(), sum.Worst(), h.Count(), longest+1)
	}
	for _, bad := range []string{`1`, `{"counts":"AAAA"}`} {
		if err := json.Unmarshal([]byte(bad), NewHistogram()); err == nil {
			t.Errorf("%s: no error", bad)
		}
	}
}

package latency

import (
	"testing"
	"time"
)

func TestHistogram(t *testing.T) {
	a, b := NewHistogram(), NewHistogram()
	for i := range 1000 {
		a.Record(time.Duration(i+1) * time.Microsecond)
	}
	b.Record(time.Hour) // beyond the range, but still the worst
	b.Record(0)
	b.Record(-1)
	a.Merge(b)

	if n := a.Count(); n != 1003 {
		t.Errorf("Count = %d, want 1003", n)
	}
	if got, want := a.Quantile(0.5), 500*time.Microsecond; got < want*99/100 || got > want*102/100 {
		t.Errorf("median = %v, want about %v", got, want)
	}
	if got := a.Worst(); got != time.Hour {
		t.Errorf("Worst = %v, want %v", got, time.Hour)
	}
	if got := NewHistogram().Quantile(0.999); got != 0 {
		t.Errorf("quantile of nothing = %v, want 0", got)
	}
}

func TestHistogramQuantileNeverAboveWorst(t *testing.T) {
	h := NewHistogram()
	h.Record(1001 * time.Microsecond)
	if q, worst := h.Quantile(0.999), h.Worst(); q > worst {
		t.Errorf("quantile %v is above the worst, %v", q, worst)
	}
}

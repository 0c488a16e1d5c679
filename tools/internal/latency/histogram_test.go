package latency

import (
	"slices"
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
	if got := a.Best(); got != 1 {
		t.Errorf("Best = %v, want 1ns", got)
	}
	if got, want := a.Average(), (1000*1001/2*time.Microsecond+time.Hour-1)/1003; got != want {
		t.Errorf("Average = %v, want %v", got, want)
	}
	if h := NewHistogram(); h.Quantile(0.999) != 0 || h.Best() != 0 || h.Average() != 0 {
		t.Errorf("of nothing: quantile %v, best %v, average %v, want 0", h.Quantile(0.999), h.Best(), h.Average())
	}
}

func TestHistogramQuantileNeverAboveWorst(t *testing.T) {
	h := NewHistogram()
	h.Record(1001 * time.Microsecond)
	if q, worst := h.Quantile(0.999), h.Worst(); q > worst {
		t.Errorf("quantile %v is above the worst, %v", q, worst)
	}
}

func TestHistogramCumulative(t *testing.T) {
	h := NewHistogram()
	for range h.Cumulative() {
		t.Error("there is a duration of an empty histogram")
	}
	for _, d := range []time.Duration{7, 3, 7, time.Hour} {
		h.Record(d)
	}
	var times []time.Duration
	var counts []int64
	for d, n := range h.Cumulative() {
		times, counts = append(times, d), append(counts, n)
	}
	if len(times) != 3 || times[0] != 3 || times[1] != 7 || times[2] < longest || !slices.Equal(counts, []int64{1, 3, 4}) {
		t.Errorf("%v have counts of %v", times, counts)
	}
	for range h.Cumulative() {
		break
	}
}

func TestSpent(t *testing.T) {
	h := NewHistogram()
	for range 10 {
		h.Record(10 * time.Millisecond)
	}
	h.Record(300 * time.Millisecond)
	var shares []float64
	for _, share := range h.Spent() {
		shares = append(shares, share)
	}
	if len(shares) != 2 || shares[0] < 0.24 || shares[0] > 0.26 || shares[1] != 1 {
		t.Errorf("%v", shares)
	}
}

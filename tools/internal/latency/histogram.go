// Package latency collects how long things took and says it shortly.
package latency

import (
	"iter"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// A Histogram collects durations from a nanosecond to ten minutes with an error
// of at most one percent; the worst one it keeps as it is. It belongs to one
// goroutine.
type Histogram struct {
	counts *hdrhistogram.Histogram
	worst  time.Duration
	sum    time.Duration
}

const longest = 10 * time.Minute

// NewHistogram returns an empty Histogram.
func NewHistogram() *Histogram {
	// Two digits make 36 KiB of counts; a third would make 270, and each
	// reader's share of the caches would go there.
	return &Histogram{counts: hdrhistogram.New(1, int64(longest), 2)}
}

// Record counts d.
func (h *Histogram) Record(d time.Duration) {
	h.worst = max(h.worst, d)
	h.sum += d
	// The only error is a value out of range, which the bounds exclude.
	_ = h.counts.RecordValue(int64(min(max(d, 1), longest)))
}

// Merge adds what other has counted.
func (h *Histogram) Merge(other *Histogram) {
	h.counts.Merge(other.counts)
	h.worst = max(h.worst, other.worst)
	h.sum += other.sum
}

// Count returns how many durations were recorded.
func (h *Histogram) Count() int64 { return h.counts.TotalCount() }

// Quantile returns the duration that the share q of all, from 0 to 1, did not
// exceed. It is 0 when nothing was recorded.
func (h *Histogram) Quantile(q float64) time.Duration {
	return min(time.Duration(h.counts.ValueAtQuantile(100*q)), h.worst)
}

// Cumulative yields durations that were recorded, shortest first, and how many
// did not exceed each.
func (h *Histogram) Cumulative() iter.Seq2[time.Duration, int64] {
	return func(yield func(time.Duration, int64) bool) {
		count := int64(0)
		for _, bar := range h.counts.Distribution() {
			if count += bar.Count; bar.Count > 0 && !yield(min(time.Duration(bar.To), h.worst), count) {
				return
			}
		}
	}
}

// Spent yields durations that were recorded, shortest first, and the share of
// the time of all that went by in durations that did not exceed each.
func (h *Histogram) Spent() iter.Seq2[time.Duration, float64] {
	return func(yield func(time.Duration, float64) bool) {
		all, spent, before := 0.0, 0.0, int64(0)
		for d, count := range h.Cumulative() {
			all += float64(d) * float64(count-before)
			before = count
		}
		before = 0
		for d, count := range h.Cumulative() {
			spent += float64(d) * float64(count-before)
			before = count
			if !yield(d, spent/all) {
				return
			}
		}
	}
}

// Worst returns the longest duration.
func (h *Histogram) Worst() time.Duration { return h.worst }

// Best returns the shortest duration. It is 0 when nothing was recorded.
func (h *Histogram) Best() time.Duration { return h.Quantile(0) }

// Average returns the mean. It is 0 when nothing was recorded.
func (h *Histogram) Average() time.Duration {
	if h.Count() == 0 {
		return 0
	}
	return h.sum / time.Duration(h.Count())
}

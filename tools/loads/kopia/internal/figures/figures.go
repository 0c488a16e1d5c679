// Package figures is what a worker tells of its run.
package figures

import (
	"time"

	"hazptr/tools/internal/latency"
)

// Figures are what a worker has seen in its run.
type Figures struct {
	Took        time.Duration      `json:"took_ns"`
	Lookups     *latency.Histogram `json:"lookups"`
	Slowest     []Sample           `json:"slowest,omitempty"` // the slowest lookup of each millisecond that has one
	Listings    int64              `json:"listings"`          // from the first content to the last
	Compactions int64              `json:"compactions"`
	Refreshes   *latency.Histogram `json:"refreshes"` // each of them after a compaction
	Files       int64              `json:"files"`     // index files that were mapped at once, at most; 0 where the system doesn't tell
	Mapped      int64              `json:"mapped"`    // their bytes, at most
}

// A Sample is when a lookup began, from the beginning of the run, and how long
// it took.
type Sample struct {
	At   time.Duration `json:"at_ns"`
	Took time.Duration `json:"took_ns"`
}

// New returns Figures of nothing.
func New() *Figures {
	return &Figures{Lookups: latency.NewHistogram(), Refreshes: latency.NewHistogram()}
}

// Lookup adds a lookup that began at that time of the run.
func (f *Figures) Lookup(at, took time.Duration) {
	f.Lookups.Record(took)
	last := len(f.Slowest) - 1
	if last < 0 || at.Truncate(time.Millisecond) != f.Slowest[last].At.Truncate(time.Millisecond) {
		f.Slowest = append(f.Slowest, Sample{at, took})
	} else if took > f.Slowest[last].Took {
		f.Slowest[last] = Sample{at, took}
	}
}

// Merge adds another run's. The samples stay those of one run: the one whose
// slowest lookup was the slowest.
func (f *Figures) Merge(other *Figures) {
	if f.Slowest == nil || other.Lookups.Worst() > f.Lookups.Worst() {
		f.Slowest = other.Slowest
	}
	f.Took += other.Took
	f.Lookups.Merge(other.Lookups)
	f.Listings += other.Listings
	f.Compactions += other.Compactions
	f.Refreshes.Merge(other.Refreshes)
	f.Files = max(f.Files, other.Files)
	f.Mapped = max(f.Mapped, other.Mapped)
}

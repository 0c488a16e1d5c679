// Package figures is what a worker tells of its run.
package figures

import (
	"time"

	"hazptr/tools/internal/latency"
)

// Figures are what a worker has seen in its run.
type Figures struct {
	Took    time.Duration      `json:"took_ns"`
	Lookups *latency.Histogram `json:"lookups"`
	// Of lookups, of the first run.
	Times *latency.Timeline `json:"times"`
	// From the first content to the last.
	Listings    int64 `json:"listings"`
	Compactions int64 `json:"compactions"`
	// Each of them after a compaction.
	Refreshes *latency.Histogram `json:"refreshes"`
	// Index files that were mapped at once, at most; 0 where the system doesn't
	// tell.
	Files  int64 `json:"files"`
	Mapped int64 `json:"mapped"` // their bytes, at most
}

// New returns Figures of nothing.
func New() *Figures {
	return &Figures{Lookups: latency.NewHistogram(), Refreshes: latency.NewHistogram()}
}

// Merge adds another run's.
func (f *Figures) Merge(other *Figures) {
	f.Took += other.Took
	f.Lookups.Merge(other.Lookups)
	if f.Times == nil {
		f.Times = other.Times
	}
	f.Listings += other.Listings
	f.Compactions += other.Compactions
	f.Refreshes.Merge(other.Refreshes)
	f.Files = max(f.Files, other.Files)
	f.Mapped = max(f.Mapped, other.Mapped)
}

// Package figures is what a worker tells of its run.
package figures

import (
	"time"

	"hazptr/tools/internal/latency"
)

// Figures are what a worker has seen in its run.
type Figures struct {
	Took    time.Duration      `json:"took_ns"`
	Views   *latency.Histogram `json:"views"`   // short read transactions
	Times   *latency.Timeline  `json:"times"`   // of Views, of the first run
	Stays   int64              `json:"stays"`   // long ones
	Updates *latency.Histogram `json:"updates"` // commits of the writer
	Written int64              `json:"written"` // bytes of values
	Grown   int64              `json:"grown"`   // files that are full
	Remaps  int64              `json:"remaps"`

	// Bytes of the file that were mapped at once, at most. It is 0 where the
	// system doesn't tell.
	Mapped int64 `json:"mapped"`
}

// New returns Figures of nothing.
func New() *Figures {
	return &Figures{Views: latency.NewHistogram(), Updates: latency.NewHistogram()}
}

// Merge adds another run's.
func (f *Figures) Merge(other *Figures) {
	f.Took += other.Took
	f.Views.Merge(other.Views)
	if f.Times == nil {
		f.Times = other.Times
	}
	f.Stays += other.Stays
	f.Updates.Merge(other.Updates)
	f.Written += other.Written
	f.Grown += other.Grown
	f.Remaps += other.Remaps
	f.Mapped = max(f.Mapped, other.Mapped)
}

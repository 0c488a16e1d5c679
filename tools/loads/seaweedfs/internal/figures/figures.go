// Package figures is what a worker tells of its run.
package figures

import (
	"time"

	"hazptr/tools/internal/latency"
)

// Figures are what a worker has seen in its run.
type Figures struct {
	Reads    *latency.Histogram `json:"reads"`
	Times    *latency.Timeline  `json:"times"` // of Reads
	Writes   *latency.Histogram `json:"writes"`
	Commit   time.Duration      `json:"commit_ns"` // 0 without a vacuum
	Streamed time.Duration      `json:"streamed_ns"`

	// Of the data file, before the commit.
	Volume int64 `json:"volume_bytes"`

	// Of files without a name that were open when the commit had returned. It
	// is 0 where the system doesn't tell.
	Kept int64 `json:"kept_bytes"`
}

// New returns Figures of nothing.
func New() *Figures {
	return &Figures{Reads: latency.NewHistogram(), Writes: latency.NewHistogram()}
}

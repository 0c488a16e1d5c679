// Package figures is what a worker tells of its run.
package figures

import (
	"time"

	"hazptr/tools/internal/latency"
)

// Figures are what a worker has seen in its run.
type Figures struct {
	Reads    *latency.Histogram `json:"reads"`     // from the begin of the client, or the commit, to the end of both
	Writes   *latency.Histogram `json:"writes"`    // meanwhile
	Commit   time.Duration      `json:"commit_ns"` // 0 without a vacuum
	Streamed time.Duration      `json:"streamed_ns"`
	Volume   int64              `json:"volume_bytes"` // of the data file before the commit
	Kept     int64              `json:"kept_bytes"`   // of files without a name that were open when the commit had returned; 0 where the system doesn't tell
}

// New returns Figures of nothing.
func New() *Figures {
	return &Figures{Reads: latency.NewHistogram(), Writes: latency.NewHistogram()}
}

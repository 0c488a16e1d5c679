// Package figures is what a worker tells of its run.
package figures

import (
	"time"

	"hazptr/tools/internal/latency"
)

// Figures are what a worker has seen of one Defragment.
type Figures struct {
	Serializable *Requests     `json:"serializable"` // Gets
	Linearizable *Requests     `json:"linearizable"`
	Puts         *Requests     `json:"puts"`
	Defragment   time.Duration `json:"defragment_ns"`
	// That the client took; 0 without one.
	Snapshot time.Duration `json:"snapshot_ns"`

	Database int64 `json:"database"` // bytes of the file afterwards
	// Bytes of files of the database that were open at once, also of removed
	// ones; 0 where the system doesn't tell.
	DiskMost int64 `json:"disk_most"`
	// After Defragment has returned, the space of the replaced file.
	Kept time.Duration `json:"kept_ns"`
}

// New returns Figures of a run in which nothing was requested, and that begins
// at a time.
func New(begun time.Time) *Figures {
	return &Figures{Serializable: none(begun), Linearizable: none(begun), Puts: none(begun)}
}

// Requests are those of one kind.
type Requests struct {
	Latencies *latency.Histogram `json:"latencies"`
	Times     *latency.Timeline  `json:"times"`
	Failed    int64              `json:"failed"` // that the server gave up
}

func none(begun time.Time) *Requests {
	return &Requests{Latencies: latency.NewHistogram(), Times: latency.NewTimeline(begun)}
}

// Record notes a request that has ended at a time, and took so long.
func (r *Requests) Record(ended time.Time, took time.Duration) {
	r.Latencies.Record(took)
	r.Times.Record(ended, took)
}

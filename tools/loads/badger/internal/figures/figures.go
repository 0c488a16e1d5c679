// Package figures is what a worker tells of its run.
package figures

import (
	"time"

	"hazptr/tools/internal/latency"
)

// Figures are what a worker has seen in its run.
type Figures struct {
	Took   time.Duration      `json:"took_ns"`
	Rounds *latency.Histogram `json:"rounds"` // all values written anew
	// RunValueLogGC that has rewritten a file.
	Rewrites *latency.Histogram `json:"rewrites"`
	// RunValueLogGC that has come to a file that was rewritten and is still
	// there.
	Refused int64              `json:"refused"`
	Gets    *latency.Histogram `json:"gets"`
	// Of iterators, each with its value.
	Steps  *latency.Histogram `json:"steps"`
	Closes *latency.Histogram `json:"closes"`
	// Gets whose file went before they had read it.
	Empty int64 `json:"empty"`

	Files int   `json:"files"` // of the value log, at the end
	Bytes int64 `json:"bytes"` // that they take of the disk
	// Files after all iterators have been closed, and the database.
	Left int    `json:"left"`
	Disk []Disk `json:"disk"` // over time
}

// Disk is what the value log takes of the disk at a time.
type Disk struct {
	At    time.Duration `json:"at_ns"` // since the worker's start
	Files int           `json:"files"`
	Bytes int64         `json:"bytes"`
}

// New returns Figures of nothing.
func New() *Figures {
	return &Figures{
		Rounds: latency.NewHistogram(), Rewrites: latency.NewHistogram(),
		Gets: latency.NewHistogram(), Steps: latency.NewHistogram(), Closes: latency.NewHistogram(),
	}
}

// Package figures is what a worker tells of its run.
package figures

import (
	"time"

	"hazptr/tools/internal/latency"
)

// Figures are what a worker has seen in its run.
type Figures struct {
	Took     time.Duration      `json:"took_ns"`
	Rounds   *latency.Histogram `json:"rounds"`   // all values written anew
	Rewrites *latency.Histogram `json:"rewrites"` // RunValueLogGC that has rewritten a file
	Refused  int64              `json:"refused"`  // RunValueLogGC that has come to a file that was rewritten and is still there
	Gets     *latency.Histogram `json:"gets"`
	Steps    *latency.Histogram `json:"steps"` // of iterators, each with its value
	Closes   *latency.Histogram `json:"closes"`
	Empty    int64              `json:"empty"` // Gets whose file went before they had read it

	Files int    `json:"files"` // of the value log, at the end
	Bytes int64  `json:"bytes"` // that they take of the disk
	Left  int    `json:"left"`  // files after all iterators have been closed, and the database
	Disk  []Disk `json:"disk"`  // over time
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

// Package report is what the debug page and the metrics show of packages that
// they do not import: each of these adds what it has to a list.
package report

import (
	"sync/atomic"
	"time"

	"hazptr/internal/roster"
)

// Values are the open Values and Plains of package live.
var Values roster.Roster[Value]

// Faults count reads of package mapped that have failed, of each open file.
var Faults roster.Roster[atomic.Int64]

// A Value is a Value or a Plain of package live.
type Value struct{ Status func() Status }

// A Status is the Status of package live. The page's JSON has it as it is.
type Status struct {
	Generation uint64
	Since      time.Time `json:",omitzero"`

	Loading     time.Time `json:",omitzero"`
	Held        bool
	Loads       int64
	Failures    int64
	Err         string    // "": the last Load went well
	LastSuccess time.Time `json:",omitzero"`

	OldCount      int
	Old           []Old     `json:",omitempty"`
	LastClosed    time.Time `json:",omitzero"`
	CloseFailures int64

	Problems []string `json:",omitempty"`
	Closed   bool
}

// An Old is a replaced value that is not closed.
type Old struct {
	Generation uint64
	Replaced   time.Time
	Closing    bool
	Users      int      // at present; 0 and not Closing: it waits to be closed
	Acquired   []string `json:",omitempty"`
}

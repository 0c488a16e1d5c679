// Package ending is the table of ways to end objects that are replaced while
// they are read: what an updater does, and what readers do for it.
//
// It is the other side of package mechanism, where readers are measured: here a
// reader costs what it costs, and each way is reduced to the few lines that an
// updater runs.
package ending

import "context"

// An Ending is one way to end objects, around a number of sources. A source is
// where readers find its present object.
type Ending interface {
	// Join makes a reader. It is called on the reader's own goroutine, or on
	// one that hands the reader over.
	Join() Reader

	// NewWriter makes the writer of a source.
	NewWriter(source int) Writer

	// Pending returns how many objects have been replaced and have not ended,
	// and what they hold, by Config.Bytes. It is exact when no writer is at
	// work.
	Pending() (objects, bytes int64)

	// Wait returns when every object that was replaced has ended, but for
	// objects that only the garbage collector ends, or nothing. No reader may
	// stay meanwhile.
	Wait(ctx context.Context) error

	// Close gives everything back after Wait. No reader and no writer is left.
	Close(ctx context.Context) error
}

// Package way has the ways to keep objects while they are read, and to end them
// when they have been replaced. Refscale measures what a read costs, and
// updatescale what an update costs.
//
// The loops that refscale times are methods of the readers themselves, one
// beside the other with the same structure, so that what is compared is the way
// and not a call through an interface for each read. For updatescale a reader
// costs what it costs, and each way is reduced to the few lines that an updater
// runs.
package way

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

// A Config is what an Ending is made of.
type Config struct {
	Objects []*Object // the first object of each source

	// Ended is called once with the number of each object that ends, by the
	// goroutine that ends it, after it has ended. Where it is nil, nothing is
	// called.
	Ended func(number int)

	Bytes   int64 // that each object stands for; hazptr is told
	Workers int   // hazptr's Config.Workers

	// Readers of hazptr take a Guard for each read, where others have Holders.
	Guards bool
}

// A Writer replaces the object of one source, and ends the old one as its way
// does: at once, later, or on some other goroutine. One goroutine at a time
// calls it.
type Writer func(next *Object)

// Update puts next in the place of the object.
func (w Writer) Update(next *Object) { w(next) }

// When says when a way ends what was replaced.
type When int

const (
	Promptly  When = iota // when its last reader has left
	ByUpdates             // at an update, after its last reader has left
	// When the garbage collector has come by, after its last reader has left.
	Collected
	Never
)

// Ends reports whether everything that was replaced has ended after Wait.
func (w When) Ends() bool { return w <= ByUpdates }

// Package mechanism is the table of everything that is measured: each entry is
// a way to read an object that one updater replaces, and to end the old one.
//
// The loops that are timed are methods of the mechanisms themselves, one beside
// the other with the same structure, so that what is compared is the mechanism
// and not a call through an interface for each read.
package mechanism

// A Mechanism guards one object, called the head, which any number of readers
// read while one updater replaces it.
type Mechanism interface {
	// Join makes a reader. It is called on the reader's own goroutine.
	Join() Reader

	// Replace puts next in the head's place and ends the old one as this
	// mechanism does, at once or later. One goroutine at a time calls it.
	Replace(next *Object)

	// Close returns when every replaced object that this mechanism ends has
	// ended, but for objects that only the garbage collector ends. No reader is
	// left when it is called.
	Close()
}

package way

// A Reader reads one object at a time. One goroutine at a time calls its
// methods.
type Reader interface {
	LoopReader

	// Protect returns the present object of a source, which does not end before
	// Clear.
	Protect(source int) *Object

	// Clear says that the reader does not use the object any more.
	Clear()
}

// A LoopReader reads the first source's object again and again. One goroutine
// calls its methods.
//
// Read and Walk are each a loop of loops read sections, and return the sum of
// the values read: each value is Live as long as its object has not ended, so
// the sum tells the number of reads, and a wrong sum tells a use after the end.
type LoopReader interface {
	// Read enters the read section, loads the pointer, reads one field of the
	// object, and leaves.
	Read(loops int) uint64

	// Walk reads each object from the head to the end of the list, which may be
	// the head alone. In the read section of the last object it spends the
	// delay before it reads the object. A mechanism of protected pointers goes
	// hand over hand; under a lock or a count on the head the whole walk is one
	// read section.
	Walk(loops int, delay Delay) uint64

	// Leave gives back what the reader holds. The reader is of no use
	// afterwards.
	Leave()
}

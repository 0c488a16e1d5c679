package mechanism

// A Reader reads the head again and again. One goroutine calls its methods.
//
// Read and Walk are each a loop of loops read sections, and return the sum of
// the values read: each value is 1 as long as its object has not ended, so the
// sum tells the number of reads, and a wrong sum tells a use after the end.
type Reader interface {
	// Read enters the read section, loads the pointer, reads one field of the
	// object, and leaves.
	Read(loops int) uint64

	// Walk reads each object from the head to the end of the list, which may be
	// the head alone. In the read section of the last object it spends the
	// delay before it reads the object. A mechanism of protected pointers goes
	// hand over hand; under a lock or a count on the head the whole walk is one
	// read section.
	Walk(loops int, delay Delay) uint64

	// Leave gives back what the reader holds. The Reader is of no use
	// afterwards.
	Leave()
}

// stateless is embedded by mechanisms that are their own readers: they have
// nothing to give back. Most have nothing to wait for either.
type stateless struct{}

func (stateless) Leave() {}
func (stateless) Close() {}

package ending

// A Reader reads one object at a time. One goroutine at a time calls its
// methods.
type Reader interface {
	// Protect returns the present object of a source, which does not end before
	// Clear.
	Protect(source int) *Object

	// Clear says that the reader does not use the object any more.
	Clear()

	// Leave gives back what the reader holds. The Reader is of no use
	// afterwards.
	Leave()
}

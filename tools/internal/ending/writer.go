package ending

// A Writer replaces the objects of one source. One goroutine at a time calls it.
type Writer interface {
	// Update puts next in the place of the source's object, which it ends as
	// this way does: at once, later, or on some other goroutine.
	Update(next *Object)
}

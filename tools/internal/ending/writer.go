package ending

// A Writer replaces the object of one source, and ends the old one as its way
// does: at once, later, or on some other goroutine. One goroutine at a time
// calls it.
type Writer func(next *Object)

// Update puts next in the place of the object.
func (w Writer) Update(next *Object) { w(next) }

// Package keeper has ways to keep an object, which is replaced from time to
// time, until the last of its readers has left it. Readers use the fields
// themselves, in loops of the program's own, so that none pays for a call that
// another does not make.
package keeper

import "context"

// A Keeper keeps the objects that take one another's place.
type Keeper[T any] interface {
	// Replace gives readers the next object and sees to it that the present one
	// ends after its last reader. One goroutine calls it.
	Replace(next *T)

	// End is called after the last read and Replace. On return no object is
	// left.
	End(ctx context.Context) error
}

package live

import (
	"fmt"

	"hazptr/internal/goroutine"
)

// A home is the bubble of testing/synctest that something was made in, or 0.
type home int

func newHome() home { return home(goroutine.Bubble()) }

// mustBeHere panics elsewhere, where the caller must not wait for goroutines of
// home, nor they for it.
func (h home) mustBeHere(method, name string) {
	if h == 0 && !goroutine.Bubbled() {
		return
	}
	if newHome() != h {
		panic(fmt.Sprintf("live: %s of %q in another bubble of testing/synctest than it was made in, or outside of it", method, name))
	}
}

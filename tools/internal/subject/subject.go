// Package subject has the mechanisms that reftorture tortures, behind a face
// that they share.
package subject

import (
	"context"
	"sync/atomic"
	"time"

	"hazptr/tools/internal/mortal"
)

// MaxNest is how many objects a Reader protects at a time, at most.
const MaxNest = 4

// A Subject is a mechanism under torture: cells with an object each, or none,
// that readers protect and writers replace. All methods may be called by any
// goroutine.
type Subject interface {
	NewReader() Reader

	// Ways are those in which an object can be replaced.
	Ways() []Way

	// Close waits until everything has ended that was to, as far as the
	// mechanism can tell.
	Close(ctx context.Context) error
}

// A Source is where readers find an object.
type Source = atomic.Pointer[mortal.Object]

// A Reader is one goroutine's.
type Reader interface {
	// Enter protects the object of a cell and returns it, or nil if there is
	// none. Protections nest, MaxNest of them if Nests, else one.
	Enter(cell int) *mortal.Object

	// Leave ends what the last Enter began.
	Leave()

	// Detach gives up what the last Enter began, which the function that it
	// returns ends, on any goroutine. It returns nil, and does nothing, where
	// that cannot be.
	Detach() func()

	Nests() bool

	// Rest says that the goroutine protects nothing at present, and will not
	// for a while.
	Rest()

	Close()
}

// plain is embedded by what holds nothing while it protects nothing.
type plain struct{}

func (plain) Rest()  {}
func (plain) Close() {}

// A Way replaces the object of a cell by next, which may be nil. It calls
// unlinked with the old object, if there is one, when no reader can find it any
// more, and ended when no reader has it any more; that may be later, on another
// goroutine.
type Way struct {
	Name  string
	Waits bool // ended has returned when Replace returns

	// There is as little as can be between the unlinking and the mechanism's
	// look at the readers.
	Direct bool

	Replace func(cell int, next *mortal.Object, unlinked, ended func(*mortal.Object))
}

// A Retirer is a Subject that ends objects which it need not have unlinked, and
// calls functions, later.
type Retirer interface {
	Retire(o *mortal.Object, ended func(*mortal.Object))

	// NewHands returns what protects the nodes of structures.
	NewHands() Hands

	// Post has f called when no reader has any more what it has now.
	Post(f func())

	// Barrier waits until every function posted before the call has returned.
	Barrier(ctx context.Context) error
}

// Hands are one goroutine's protections, MaxNest of them, that move from node
// to node.
type Hands interface {
	Begin()
	// Protect ends what the hand protected before.
	Protect(hand int, source *Source) *mortal.Object
	End()
	Close()
}

// A Synchronizer is a Subject of which one can wait until no reader has any
// more what it has now.
type Synchronizer interface {
	Synchronize(ctx context.Context) error
}

// A Disturber is a Subject with something to change that must make no
// difference.
type Disturber interface {
	Disturb(cell int)
}

// A Sleeper is a Subject whose goroutines go to sleep when they have nothing to
// do, at once after a pass.
type Sleeper interface {
	Passes() int64
}

// A Config is what a Subject is made with.
type Config struct {
	Cells      int
	StallAfter time.Duration

	// OnStall is called with the object's address, or with 0 where the
	// mechanism does not tell it.
	OnStall func(object uintptr)
}

package gate

import (
	"sync/atomic"

	"hazptr/internal/interleave"
)

// A fuzzWorld is what the goroutines of FuzzFreeze share.
type fuzzWorld struct {
	s      *interleave.Scheduler
	gate   *Gate
	inside atomic.Int32 // users
	frozen atomic.Int32 // owners whose Freeze has returned
	killed atomic.Bool  // Kill has returned

	passes interleave.Pool[Pass]
}

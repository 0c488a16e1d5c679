package percpuref

import (
	"sync/atomic"

	"hazptr/internal/interleave"
)

// A fuzzWorld is what the goroutines of FuzzKill share: a Ref, and what is
// known of it.
type fuzzWorld struct {
	s   *interleave.Scheduler
	ref *Ref

	// References that have been taken and are not about to be dropped, without
	// the owner's.
	references atomic.Int64

	owned  atomic.Int64 // 1 unless the owner's is about to be dropped, or was
	handed atomic.Int64 // references that any goroutine may drop
	alive  atomic.Bool  // release was not called yet
	killed atomic.Int64 // odd when TryGetLive must fail
}

func (w *fuzzWorld) release() {
	if !w.alive.Swap(false) {
		w.s.Errorf("released again")
	}
	if n := w.references.Load() + w.owned.Load(); n != 0 {
		w.s.Errorf("released with %d references", n)
	}
}

package rcu

import (
	"sync/atomic"

	"hazptr/internal/interleave"
)

// A fuzzWorld is what the goroutines of FuzzGracePeriod share.
type fuzzWorld struct {
	s       *interleave.Scheduler
	d       *Domain
	sources [2]atomic.Pointer[interleave.Subject]
}

package srcu

import (
	"sync/atomic"

	"hazptr/internal/interleave"
)

// A fuzzWorld is what the goroutines of FuzzGracePeriod share.
type fuzzWorld struct {
	s       *interleave.Scheduler
	d       *Domain
	sources [2]atomic.Pointer[interleave.Subject]

	// sections are those that nobody does anything in at the moment: anybody may go on with them.
	sections interleave.Pool[*fuzzSection]
}

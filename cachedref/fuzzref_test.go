package cachedref

import (
	"sync/atomic"

	"hazptr/internal/interleave"
)

// A fuzzRef is a Ref, and what is known of it.
type fuzzRef struct {
	*Ref[interleave.Subject]
	subject interleave.Subject
	dead    atomic.Bool // Kill has returned
}

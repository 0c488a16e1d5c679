//go:build hazptr_debug && !unix

package hazptr

import (
	"sync/atomic"
	"testing"
)

// foreignSource returns a source of the heap, where there is no other.
func foreignSource(*testing.T) (source *atomic.Pointer[database], free func()) {
	return new(atomic.Pointer[database]), func() {}
}

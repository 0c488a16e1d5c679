// Package litmus is for tests that look for an order which plain stores do not
// give. It has readers whose stores are late, objects that tell when they are
// used after their end, the same tests built without the fence, and the
// instructions that the compiler has made. Only tests import it.
package litmus

import (
	"flag"
	"testing"
	"time"
)

var duration = flag.Duration("ordering", 0, "how long each ordering test runs; 0: 500ms, with -short 50ms")

// Duration returns how long an ordering test is to run.
func Duration() time.Duration {
	switch {
	case *duration > 0:
		return *duration
	case testing.Short():
		return 50 * time.Millisecond
	}
	return 500 * time.Millisecond
}

// Soon bounds what must happen without further ado, on a busy machine.
const Soon = 30 * time.Second

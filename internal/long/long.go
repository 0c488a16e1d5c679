// Package long keeps tests that take long out of a plain go test. Only tests
// import it.
package long

import (
	"os"
	"testing"
)

// Variable asks for the tests that take long, where it is set.
const Variable = "HAZPTR_LONG"

// Only skips a test that takes long for the reason given, unless it is asked
// for.
func Only(t testing.TB, reason string) {
	t.Helper()
	if os.Getenv(Variable) == "" {
		t.Skip(reason + ": " + Variable + "=1 runs it")
	}
}

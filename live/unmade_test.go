package live_test

import (
	"testing"

	"hazptr/internal/unmade"
	"hazptr/live"
)

func TestUnmade(t *testing.T) {
	unmade.Methods[live.Value[int]](t, "of a Value that was not made by Open or New",
		"nil Acquire", "nil Close", "nil Do", "nil Drain", "nil Reload", "nil Shutdown", "nil Status", "nil Store")
	unmade.Methods[live.Plain[int]](t, "of a Plain that was not made by OpenPlain or NewPlain",
		"nil Close", "nil Get", "nil Reload", "nil Shutdown", "nil Status", "nil Store")
	unmade.Methods[live.Pool[int, int]](t, "of a Pool that was not made by NewPool",
		"nil Close", "nil Do", "nil Drop", "nil Shutdown")
}

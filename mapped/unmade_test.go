package mapped_test

import (
	"testing"

	"hazptr/internal/unmade"
	"hazptr/mapped"
)

func TestUnmade(t *testing.T) {
	unmade.Methods[mapped.File](t, "of a Parsed that was not made by Parse or Open",
		"nil Acquire", "nil Close", "nil Do", "nil Drain", "nil Reload", "nil Shutdown", "nil Status")
}

package srcu

import (
	"testing"

	"hazptr/internal/unmade"
)

func TestUnmade(t *testing.T) {
	unmade.Methods[Domain](t, "of a Domain that was not made by New")
}

package gate

import (
	"testing"

	"hazptr/internal/unmade"
)

func TestUnmade(t *testing.T) {
	unmade.Methods[Gate](t, "of a Gate that was not made by New")
	unmade.Methods[Pass](t, "", "zero Exit", "nil Exit")
}

package rcu

import (
	"testing"

	"hazptr/internal/unmade"
)

func TestUnmade(t *testing.T) {
	unmade.Methods[Domain](t, "of a Domain that was not made by New")
	unmade.Methods[Reader](t, "not made by NewReader", "nil ReadLock", "nil ReadUnlock")
}

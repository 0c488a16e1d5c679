package prom

import (
	"slices"
	"testing"

	"hazptr"
)

// It shows the domains that have a name, also one that is made after it was
// registered, until it is closed.
func TestAll(t *testing.T) {
	newDomain(t, hazptr.Config{})
	late := hazptr.NewDomain(hazptr.Config{Name: "late"})
	got := shown(t, All())
	for _, want := range []string{"default", "late"} {
		if !slices.Contains(got, want) {
			t.Errorf("%q are shown; %q is not", got, want)
		}
	}
	if slices.Contains(got, "") {
		t.Errorf("%q are shown, with one that has no name", got)
	}
	closeDomain(t, late)
	if got := shown(t, All()); slices.Contains(got, "late") {
		t.Errorf("%q are shown, with one that is closed", got)
	}
}

package srcu

import (
	"testing"
)

// A Token is good for the Domain that returned it alone, in whose counts its
// section is.
func TestTokenOfAnotherDomain(t *testing.T) {
	d, other := New(), New()
	section := d.ReadLock()
	for _, c := range []struct {
		domain *Domain
		token  Token
		want   string
	}{
		{other, section, "srcu: ReadUnlock of a Token of another Domain"},
		{d, Token{}, "srcu: ReadUnlock of a Token that ReadLock did not return"},
		{new(Domain), section, "srcu: ReadUnlock of a Domain that was not made by New"},
		{nil, Token{}, "srcu: ReadUnlock of a Domain that was not made by New"},
	} {
		func() {
			defer func() {
				if r := recover(); r != c.want {
					t.Errorf("panic with %v, want %q", r, c.want)
				}
			}()
			c.domain.ReadUnlock(c.token) //hazptrvet:ignore it panics
		}()
	}
	if !holds(d) || holds(other) {
		t.Error("a ReadUnlock that panicked has counted")
	}
	d.ReadUnlock(section)
	if holds(d) {
		t.Error("the section has not ended")
	}
}

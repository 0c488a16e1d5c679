package path

import (
	"strings"
	"testing"
)

func TestSetIsAValue(t *testing.T) {
	one := Set{}.With("b").With("a").With("b")
	two := one.With("c")
	none := one.Without("a").Without("b").Without("x")
	some := two.Where(func(name string) bool { return strings.Contains("ac", name) })
	for _, test := range []struct {
		set  Set
		want string
	}{{one, "a b"}, {two, "a b c"}, {none, ""}, {some, "a c"}} {
		if test.set.String() != test.want {
			t.Errorf("%q, want %q", test.set, test.want)
		}
	}
	if !one.Has("a") || one.Has("c") || none.Has("") {
		t.Error("Has")
	}
}

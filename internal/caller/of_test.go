package caller

import (
	"path"
	"testing"
)

func TestMethodOf(t *testing.T) {
	for function, want := range map[string]string{
		root + ".(*Guard[...]).Ptr":                             "hazptr: Ptr of a Guard",
		path.Join(module, "live") + ".(*Lease[...]).Release-fm": "live: Release of a Lease",
		path.Join(module, "mapped") + ".(*View[...]).Value":     "mapped: Value of a View",
		path.Join(module, "live") + ".(*Value[...]).Do":         "",
		"example.com/mapped.(*View[...]).Value":                 "",
		root + "_test.TestGuard":                                "",
	} {
		if got := methodOf(function); got != want {
			t.Errorf("%s is %q, want %q", function, got, want)
		}
	}
}

func TestOfNone(t *testing.T) {
	if got := Of(); got != "" {
		t.Errorf("%q in no method", got)
	}
}

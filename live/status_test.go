package live_test

import (
	"strings"
	"testing"
	"time"

	"hazptr/live"
)

func TestOldInOneLine(t *testing.T) {
	replaced := time.Now().Add(-time.Hour)
	for want, o := range map[string]live.Old{
		"is being closed":             {Closing: true, Users: 3},
		"waits to be closed":          {},
		"has 1 user: here":            {Users: 1, Acquired: []string{"here"}},
		"has 2 users: here, and here": {Users: 2, Acquired: []string{"here", "and here"}},
	} {
		o.Generation, o.Replaced = 7, replaced
		if got := o.String(); !strings.HasPrefix(got, "generation 7, replaced 1h0m0") || !strings.HasSuffix(got, "s ago, "+want) {
			t.Errorf("%q, want it to end with %q", got, want)
		}
	}
}

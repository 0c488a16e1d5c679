package live_test

import (
	"errors"
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

func TestStatusInOneLine(t *testing.T) {
	at := time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC)
	for want, s := range map[string]live.Status{
		`"geoip": no value; a Load runs since 2026-11-30T09:00:00Z`:                                                     {Loading: at},
		`"geoip": generation 3 since 2026-11-30T09:00:00Z; loads: 4, failed: 1; the last: no such file; a file is gone`: {Generation: 3, Since: at, Loads: 4, Failures: 1, Err: errors.New("no such file"), Problems: []string{"a file is gone"}},
		`"geoip": generation 3 since 2026-11-30T09:00:00Z; a Load waits for MaxOld; not closed: 1, the oldest: `:        {Generation: 3, Since: at, Loading: at, Held: true, OldCount: 1, Old: []live.Old{{Generation: 2}}},
		`"geoip": closed; failures of Close: 2`:                                                                         {Closed: true, CloseFailures: 2},
	} {
		s.Name = "geoip"
		if got := s.String(); got != want && (s.OldCount == 0 || !strings.HasPrefix(got, want+"generation 2, ")) {
			t.Errorf("%s\nwant %s", got, want)
		}
	}
}

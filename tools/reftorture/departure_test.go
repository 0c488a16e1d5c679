package main

import (
	"io"
	"testing"

	"hazptr/tools/internal/subject"
)

// Every object that all readers have left ends: with many slots, and with one.
func TestDepartures(t *testing.T) {
	for _, name := range []string{"hazptr-guard", "gate"} {
		typ, err := subject.Named(name)
		if err != nil {
			t.Fatal(err)
		}
		o, err := reftorture.Parse([]string{"-duration", "200ms", "-scenes", "leave", "-stat-interval", "0s", "-wakeup-duration", "0s", "-patience", "1m"}, io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		// A busy machine may not come so far.
		for departures := int64(0); departures == 0; {
			torture, err := newTorture(o, typ)
			if err != nil {
				t.Fatal(err)
			}
			v := torture.run(io.Discard)
			if departures = v.Departures; !v.Success || v.Protections < departures-leavingCells {
				t.Fatalf("%s: %+v", name, v)
			}
		}
	}
}

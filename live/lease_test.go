package live_test

import (
	"testing"

	"hazptr/internal/check"
	"hazptr/internal/litmus"
	"hazptr/live"
)

func TestLease(t *testing.T) {
	for _, trace := range []bool{false, true} {
		var f factory
		o := f.options()
		o.Trace = trace
		v := open(t, o)
		l, err := v.Acquire()
		if err != nil {
			t.Fatal(err)
		}
		if err := v.Reload(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := l.Value().use(); err != nil {
			t.Error(err)
		}
		other := l
		l.Release()
		l.Release()
		released := "was released or not acquired"
		if check.Enabled {
			released = "has been released"
		}
		litmus.MustPanic(t, "live: Value of a Lease that "+released, func() { l.Value() })
		if check.Enabled {
			litmus.MustPanic(t, "live: Value of a Lease that has been released", func() { other.Value() })
		}
		litmus.MustPanic(t, "live: Release of a Lease of which a copy has been released already", other.Release)
		var zero live.Lease[int]
		zero.Release()
		litmus.MustPanic(t, "released or not acquired", func() { zero.Value() })
		if err := v.Drain(litmus.Context(t)); err != nil {
			t.Error(err)
		}
		shutdown(t, v)
	}
}

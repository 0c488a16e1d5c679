package rcu

import (
	"sync/atomic"
	"testing"

	"hazptr/internal/litmus"
	"hazptr/internal/long"
)

func TestOrdering(t *testing.T) {
	d := New()
	notified := litmus.Notified(t)
	litmus.Readers(t, func() (litmus.Read, func()) {
		r := d.NewReader()
		return func(source *atomic.Pointer[litmus.Mortal], use func(*litmus.Mortal)) {
			r.ReadLock()
			use(source.Load())
			r.ReadUnlock()
		}, r.Close
	}, func(old *litmus.Mortal, reclaim func(*litmus.Mortal)) {
		notified(d.Synchronize)
		reclaim(old)
	})
}

func TestOrderingTestsNotice(t *testing.T) {
	long.Only(t, "it waits for each ordering test to fail")
	litmus.Fenceless(t, "hazptr_nofence", map[string][]string{"TestOrdering": {"a reader used a reclaimed object", "was not notified"}})
}

package srcu

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
		return func(source *atomic.Pointer[litmus.Mortal], use func(*litmus.Mortal)) {
			section := d.ReadLock()
			use(source.Load())
			d.ReadUnlock(section)
		}, func() {}
	}, func(old *litmus.Mortal, reclaim func(*litmus.Mortal)) {
		notified(d.Synchronize)
		reclaim(old)
	})
}

func TestOrderingTestsNotice(t *testing.T) {
	long.Only(t, "it waits for each ordering test to fail")
	litmus.Fenceless(t, "hazptr_nofence", map[string][]string{"TestOrdering": {"a reader used a reclaimed object", "was not notified"}})
}

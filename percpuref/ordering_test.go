package percpuref

import (
	"sync/atomic"
	"testing"
	"time"

	"hazptr/internal/litmus"
	"hazptr/internal/long"
)

// One Ref guards whatever is the present object. To end the old one it is
// killed, and then used again.
func TestOrdering(t *testing.T) {
	released := make(chan struct{}, 1)
	r := New(func() {
		select {
		case released <- struct{}{}:
		default:
			t.Error("released twice: the count fell to zero once more")
		}
	})
	litmus.Readers(t, func() (litmus.Read, func()) {
		return func(source *atomic.Pointer[litmus.Mortal], use func(*litmus.Mortal)) {
			if r.TryGetLive() {
				use(source.Load())
				r.Put()
			}
		}, func() {}
	}, func(old *litmus.Mortal, reclaim func(*litmus.Mortal)) {
		r.Kill()
		select {
		case <-released:
		case <-time.After(litmus.Soon):
			t.Fatalf("a reference was lost: the count is %s", count(r.global.Load()))
		}
		reclaim(old)
		r.Reinit()
	})
}

func TestOrderingTestsNotice(t *testing.T) {
	long.Only(t, "it waits for each ordering test to fail")
	litmus.Fenceless(t, "hazptr_nofence", map[string][]string{"TestOrdering": {"a reader used a reclaimed object", "a reference was lost", "released twice", "below zero", "whose count is -"}})
}

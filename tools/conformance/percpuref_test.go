package conformance

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"hazptr/percpuref"
)

// counted returns a Ref and the number of times that it has been released.
func counted() (*percpuref.Ref, *atomic.Int64) {
	released := new(atomic.Int64)
	return percpuref.New(func() { released.Add(1) }), released
}

func wantReleased(t testing.TB, released *atomic.Int64, want int64) {
	t.Helper()
	if got := released.Load(); got != want {
		t.Fatalf("released %d times, want %d", got, want)
	}
}

// "percpu_ref_init: the initial ref count is 1", live, in percpu mode (include/linux/percpu-refcount.h).
func TestRefStartsLiveWithOneReference(t *testing.T) {
	r, released := counted()
	if r.IsDying() || r.IsZero() || !r.TryGetLive() {
		t.Error("a new Ref is not live")
	}
	r.Put()
	wantReleased(t, released, 0)
	r.Kill()
	wantReleased(t, released, 1)
}

// "percpu_ref_kill: drop the initial ref", once: "called more than once" is a warning there.
func TestRefKillDropsTheInitialReferenceOnce(t *testing.T) {
	r, released := counted()
	r.Get()
	r.Kill()
	if !r.IsDying() || r.IsZero() {
		t.Error("killed, with one reference: not dying, or zero")
	}
	mustPanic(t, "percpuref: Kill of a Ref that is dying already", r.Kill)
	wantReleased(t, released, 0)
	r.Put()
	wantReleased(t, released, 1)
	if !r.IsZero() {
		t.Error("not zero")
	}
}

// "percpu_ref_kill" does not wait for references.
func TestRefKillDoesNotWaitForReferences(t *testing.T) {
	r, released := counted()
	r.GetMany(1000)
	happens(t, "Kill returns", background(r.Kill))
	wantReleased(t, released, 0)
	r.PutMany(1000)
	wantReleased(t, released, 1)
}

// "percpu_ref_tryget_live() ... is guaranteed to fail only after confirm_kill": and no earlier than release.
func TestRefTryGetLiveFailsFromConfirmOn(t *testing.T) {
	r, released := counted()
	confirmed := 0
	r.KillAndConfirm(func() {
		confirmed++
		wantReleased(t, released, 0) // "confirm_kill ... before the release"
		if r.TryGetLive() {
			t.Error("TryGetLive succeeds in confirm")
		}
		if !r.TryGet() {
			t.Error("TryGet fails although the initial reference is still there")
		}
	})
	if confirmed != 1 || r.TryGetLive() {
		t.Errorf("confirmed %d times", confirmed)
	}
	r.Put()
	wantReleased(t, released, 1)
}

// "percpu_ref_tryget() - try to increment unless the count is zero": also of a dying ref.
func TestRefTryGetOfADyingRef(t *testing.T) {
	r, released := counted()
	r.Get()
	r.Kill()
	if !r.TryGet() {
		t.Error("TryGet fails, and there is a reference")
	}
	r.PutMany(2)
	wantReleased(t, released, 1)
	if r.TryGet() || r.TryGetLive() {
		t.Error("TryGet of a Ref whose count is zero succeeds")
	}
}

// "@release: function which will be called when refcount hits 0", by whoever puts the last, once for each time.
func TestRefReleaseOncePerDropToZero(t *testing.T) {
	inPut := false
	releases := 0
	var r *percpuref.Ref
	r = percpuref.New(func() {
		releases++
		if !inPut {
			t.Error("released on another goroutine, or at another time, than that of the last Put")
		}
	})
	for i := range 3 {
		r.Get()
		r.Kill()
		inPut = true
		r.Put()
		inPut = false
		if releases != i+1 {
			t.Fatalf("released %d times, want %d", releases, i+1)
		}
		r.Reinit()
	}
}

// "percpu_ref_reinit: ... must be zero"; "percpu_ref_resurrect: ... must be dead but must not yet have exited", and may have references.
func TestRefReinitNeedsZeroResurrectDoesNot(t *testing.T) {
	r, released := counted()
	mustPanic(t, "percpuref: Resurrect of a Ref that is not dying", r.Resurrect)
	r.Get()
	r.Kill()
	mustPanic(t, "percpuref: Reinit of a Ref whose count is 1", r.Reinit)
	r.Resurrect()
	if r.IsDying() || !r.TryGetLive() {
		t.Error("a resurrected Ref is not live")
	}
	r.PutMany(2)
	wantReleased(t, released, 0)
	r.Kill()
	wantReleased(t, released, 1)
	r.Reinit()
	if r.IsDying() || !r.TryGetLive() {
		t.Error("a Ref that was made anew is not live")
	}
	r.Put()
	r.Kill()
	wantReleased(t, released, 2)
}

// "percpu_ref_switch_to_atomic: ... stays in atomic mode until percpu_ref_switch_to_percpu", through kill and reinit; what can be seen of the mode is that a Put too many
// is noticed.
func TestRefStaysAtomicUntilSwitchedBack(t *testing.T) {
	r, _ := counted()
	confirmed := false
	r.SwitchToAtomic(func() { confirmed = true })
	if !confirmed {
		t.Error("not confirmed")
	}
	r.Kill()
	r.Reinit()
	r.Put()
	if !r.IsZero() {
		t.Error("it does not notice that the count is zero")
	}
	mustPanic(t, "percpuref: Put below zero", r.Put)

	r, released := counted()
	r.SwitchToAtomicSync()
	r.SwitchToPercpu()
	r.Put()
	if r.IsZero() {
		t.Error("in per-P mode it has noticed that the count is zero")
	}
	wantReleased(t, released, 0)
}

// "percpu_ref_switch_to_percpu: ... if @ref is dying, it stays atomic until reinit".
func TestRefDyingStaysAtomic(t *testing.T) {
	r, released := counted()
	r.Get()
	r.SwitchToAtomicSync()
	r.Kill()
	r.SwitchToPercpu()
	r.Put()
	wantReleased(t, released, 1)
	r.Reinit()
	r.Put()
	wantReleased(t, released, 1) // per-P again
}

// Counts are right whatever Ps references are taken and dropped on.
func TestRefCountsAcrossPs(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	r, released := counted()
	handed := make(chan struct{}, 64)
	var takers, droppers sync.WaitGroup
	const each = 5000
	for range 4 {
		takers.Go(func() {
			for range each {
				r.Get()
				handed <- struct{}{}
			}
		})
		droppers.Go(func() {
			for range handed {
				r.Put()
			}
		})
	}
	for procs := range 20 {
		runtime.GOMAXPROCS(1 + procs%5)
	}
	takers.Wait()
	r.Kill()
	close(handed)
	droppers.Wait()
	wantReleased(t, released, 1)
}

// Whoever kills and whoever drops the last reference: it is released once, and nobody uses it afterwards.
func TestRefReleasedOnceWhateverTheOrder(t *testing.T) {
	for range 300 {
		r, released := counted()
		var users sync.WaitGroup
		for range 4 {
			users.Go(func() {
				for r.TryGetLive() {
					if released.Load() != 0 {
						t.Error("released, and there is a reference")
					}
					r.Put()
				}
			})
		}
		runtime.Gosched()
		r.Kill()
		users.Wait()
		wantReleased(t, released, 1)
	}
}

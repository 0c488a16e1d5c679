package conformance

import (
	"testing"

	"hazptr/percpuref"
)

// Reinit needs a count of zero, and makes the ref what it was at first ("in the
// same state as when it finished percpu_ref_init()";
// WARN_ON_ONCE(!percpu_ref_is_zero(ref)): percpu_ref_reinit).
func TestRefReinitNeedsZero(t *testing.T) {
	r, released := counted()
	// It is live.
	mustPanic(t, "percpuref: Reinit of a Ref whose count is not zero", r.Reinit)
	r.SwitchToAtomicSync()
	mustPanic(t, "percpuref: Reinit of a Ref whose count is 1", r.Reinit)
	r.SwitchToPercpu()
	r.Get()
	r.Kill()
	mustPanic(t, "percpuref: Reinit of a Ref whose count is 1", r.Reinit)
	wantState(t, r, true, false) // a Reinit that panics changes nothing
	wantReleased(t, released, 0)
	r.Put()
	wantReleased(t, released, 1)
	r.Reinit()
	wantState(t, r, false, false)
	if !r.TryGetLive() {
		t.Error("TryGetLive of a Ref that was made anew fails")
	}
	r.Put()
	wantReleased(t, released, 1)
	r.Kill()
	wantReleased(t, released, 2)
}

// Resurrect does not need zero, and undoes Kill ("in the same state as before
// percpu_ref_kill() was called. @ref must be dead": percpu_ref_resurrect).
func TestRefResurrectDoesNotNeedZero(t *testing.T) {
	r, released := counted()
	r.GetMany(2)
	for range 5 {
		r.Kill()
		r.Resurrect()
		wantState(t, r, false, false)
		if !r.TryGetLive() {
			t.Error("TryGetLive of a resurrected Ref fails")
		}
		r.Put()
	}
	r.PutMany(2)
	wantReleased(t, released, 0)
	r.Kill()
	wantReleased(t, released, 1)
	r.Resurrect() // nor does it mind
	r.Kill()
	wantReleased(t, released, 2)
}

// Resurrect of a live ref panics (WARN_ON_ONCE(!(ref->percpu_count_ptr &
// __PERCPU_REF_DEAD)): percpu_ref_resurrect).
func TestRefResurrectOfALiveRef(t *testing.T) {
	r, released := counted()
	mustPanic(t, "percpuref: Resurrect of a Ref that is not dying", r.Resurrect)
	r.SwitchToAtomicSync()
	mustPanic(t, "percpuref: Resurrect of a Ref that is not dying", r.Resurrect)
	r.Kill()
	wantReleased(t, released, 1) // neither has taken a reference
	r.Resurrect()
	mustPanic(t, "percpuref: Resurrect of a Ref that is not dying", r.Resurrect)
}

// isAtomic reports whether a live Ref with no other reference than its owner's
// is in atomic mode: only there it is noticed that the owner's is dropped
// without Kill. Where it is, the Ref is of no use any more.
func isAtomic(r *percpuref.Ref) bool {
	r.Put()
	if r.IsZero() {
		return true
	}
	r.Get()
	return false
}

// SwitchToAtomic lasts until SwitchToPercpu ("will stay in atomic mode across
// kill/reinit cycles until percpu_ref_switch_to_percpu() is called":
// percpu_ref_switch_to_atomic).
func TestRefStaysAtomicUntilSwitchedBack(t *testing.T) {
	kinds := map[string]func(*percpuref.Ref){
		"at once":              func(*percpuref.Ref) {},
		"after Reinit":         func(r *percpuref.Ref) { r.Kill(); r.Reinit() },
		"after Resurrect":      func(r *percpuref.Ref) { r.Get(); r.Kill(); r.Resurrect(); r.Put() },
		"switched while dying": func(r *percpuref.Ref) { r.Kill(); r.SwitchToAtomicSync(); r.Reinit() },
		"after both, and again": func(r *percpuref.Ref) {
			r.Kill()
			r.Reinit()
			r.Kill()
			r.Resurrect()
			r.Kill()
			r.Reinit()
		},
	}
	for kind, change := range kinds {
		r, _ := counted()
		r.SwitchToAtomicSync()
		change(r)
		if !isAtomic(r) {
			t.Errorf("%s: it is in per-P mode", kind)
		}

		r, released := counted()
		r.SwitchToAtomicSync()
		change(r)
		was := released.Load()
		r.SwitchToPercpu()
		if isAtomic(r) {
			t.Errorf("%s: it is in atomic mode after SwitchToPercpu", kind)
		}
		wantReleased(t, released, was)
		r.Kill()
		wantReleased(t, released, was+1)
	}
}

// SwitchToPercpu of a dying ref leaves it atomic until it is live again ("If
// @ref is dying or dead, the actual switching takes place on the following
// percpu_ref_reinit()": percpu_ref_switch_to_percpu).
func TestRefDyingStaysAtomic(t *testing.T) {
	for _, revive := range []func(*percpuref.Ref){(*percpuref.Ref).Reinit, (*percpuref.Ref).Resurrect} {
		r, released := counted()
		r.Get()
		r.SwitchToAtomicSync()
		r.Kill()
		r.SwitchToPercpu()
		r.Put()
		wantReleased(t, released, 1)
		wantState(t, r, true, true)
		revive(r)
		if isAtomic(r) {
			t.Error("it is in atomic mode after SwitchToPercpu, and live")
		}
		wantReleased(t, released, 1)
	}
}

// A switch is confirmed when all counting is atomic, once, also where nothing
// changes ("On completion, when all CPUs are guaraneed to be in atomic mode,
// @confirm_switch ... is invoked": percpu_ref_switch_to_atomic;
// __percpu_ref_switch_to_atomic calls it at once for a ref that is atomic).
func TestRefSwitchIsConfirmed(t *testing.T) {
	states := map[string]func(*percpuref.Ref){
		"per-P":  func(*percpuref.Ref) {},
		"atomic": (*percpuref.Ref).SwitchToAtomicSync,
		"dying":  (*percpuref.Ref).Kill,
	}
	for name, prepare := range states {
		r, released := counted()
		r.Get()
		prepare(r)
		confirmed := 0
		r.SwitchToAtomic(func() {
			confirmed++
			wantReleased(t, released, 0)
			if !r.IsDying() {
				r.Put()
			}
			r.Put() // the last one, which is noticed
			wantReleased(t, released, 1)
		})
		if confirmed != 1 {
			t.Errorf("%s: confirmed %d times", name, confirmed)
		}
	}
}

// A confirm function is optional (percpu_ref_kill_and_confirm,
// percpu_ref_switch_to_atomic: "optional confirmation callback").
func TestRefConfirmIsOptional(t *testing.T) {
	r, released := counted()
	r.SwitchToAtomic(nil)
	r.KillAndConfirm(nil)
	wantReleased(t, released, 1)
	wantState(t, r, true, true)
}

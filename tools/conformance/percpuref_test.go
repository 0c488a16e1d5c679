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

// wantState wants what IsDying and IsZero report to be so.
func wantState(t testing.TB, r *percpuref.Ref, dying, zero bool) {
	t.Helper()
	if r.IsDying() != dying || r.IsZero() != zero {
		t.Fatalf("dying: %t, zero: %t; want %t, %t", r.IsDying(), r.IsZero(), dying, zero)
	}
}

// A new ref is live and has one reference ("starts in percpu mode with a
// refcount of 1": lib/percpu-refcount.c, percpu_ref_init).
func TestRefStartsLiveWithOneReference(t *testing.T) {
	r, released := counted()
	wantState(t, r, false, false)
	if !r.TryGetLive() {
		t.Error("a new Ref is not live")
	}
	r.Put()
	wantReleased(t, released, 0)
	r.Kill()
	wantReleased(t, released, 1)
	wantState(t, r, true, true)
}

// Kill drops the initial reference, exactly once ("must be called precisely
// once before shutdown": include/linux/percpu-refcount.h, percpu_ref_kill; its
// WARN_ONCE names the function).
func TestRefKillDropsTheInitialReferenceOnce(t *testing.T) {
	r, released := counted()
	r.Get()
	r.Kill()
	wantState(t, r, true, false)
	mustPanic(t, "percpuref: Kill of a Ref that is dying already", r.Kill)
	mustPanic(t, "percpuref: KillAndConfirm of a Ref that is dying already", func() {
		r.KillAndConfirm(func() { t.Error("a second kill is confirmed") })
	})
	wantState(t, r, true, false)
	wantReleased(t, released, 0)
	r.Put()
	wantReleased(t, released, 1)
	wantState(t, r, true, true)
	mustPanic(t, "percpuref: Kill of a Ref that is dying already", r.Kill)
	wantReleased(t, released, 1)
}

// Of several that kill at the same time, one does (percpu_ref_kill_and_confirm,
// under its lock).
func TestRefKillAtTheSameTime(t *testing.T) {
	for range 100 {
		r, released := counted()
		r.Get()
		var killed, panicked atomic.Int64
		var killers sync.WaitGroup
		for range 4 {
			killers.Go(func() {
				defer func() {
					if recover() != nil {
						panicked.Add(1)
					}
				}()
				r.Kill()
				killed.Add(1)
			})
		}
		returns(t, &killers)
		if killed.Load() != 1 || panicked.Load() != 3 {
			t.Fatalf("%d have killed, %d panicked", killed.Load(), panicked.Load())
		}
		wantReleased(t, released, 0)
		r.Put()
		wantReleased(t, released, 1)
	}
}

// Kill does not wait for references (percpu_ref_kill_and_confirm: "normally
// doesn't block").
func TestRefKillDoesNotWaitForReferences(t *testing.T) {
	r, released := counted()
	r.GetMany(1000)
	happens(t, "Kill returns", background(r.Kill))
	wantReleased(t, released, 0)
	r.PutMany(1000)
	wantReleased(t, released, 1)
}

// TryGetLive fails from the confirmation on ("After the confirm_kill callback
// is invoked, it's guaranteed that no new reference will be given out by
// percpu_ref_tryget_live()": percpu_ref_tryget_live), which comes before
// release, since the initial reference is dropped after it.
func TestRefConfirmedBeforeReleased(t *testing.T) {
	for _, atomically := range []bool{false, true} {
		r, released := counted()
		if atomically {
			r.SwitchToAtomicSync()
		}
		confirmed := 0
		r.KillAndConfirm(func() {
			confirmed++
			wantReleased(t, released, 0)
			wantState(t, r, true, false) // the owner's reference is there
			if r.TryGetLive() {
				t.Error("TryGetLive succeeds in confirm")
			}
			if !r.TryGet() {
				t.Error("TryGet fails in confirm, although the initial reference is still there")
			}
		})
		if confirmed != 1 {
			t.Errorf("confirmed %d times", confirmed)
		}
		if r.TryGetLive() {
			t.Error("TryGetLive of a killed Ref succeeds")
		}
		wantReleased(t, released, 0)
		r.Put()
		wantReleased(t, released, 1)
	}
}

// Also for users that have been calling it all the time, on whatever P
// (percpu_ref_tryget_live; percpuref: TryGetLive). Kill's return is as good as
// the confirmation.
func TestRefTryGetLiveFailsAfterKill(t *testing.T) {
	for round := range rounds(4000) {
		r, released := counted()
		var confirmed atomic.Bool
		var users sync.WaitGroup
		for range 3 {
			users.Go(func() {
				for {
					was := confirmed.Load()
					if !r.TryGetLive() {
						return
					}
					if was {
						t.Error("TryGetLive succeeds, and its failure was certain")
					}
					r.Put()
					runtime.Gosched() // or the owner waits for its time slice
				}
			})
		}
		if round%2 == 0 {
			runtime.Gosched()
			r.KillAndConfirm(func() { confirmed.Store(true) })
		} else {
			runtime.Gosched()
			r.Kill()
			confirmed.Store(true)
		}
		returns(t, &users)
		wantReleased(t, released, 1)
	}
}

// TryGet succeeds as long as there is a reference, also to a dying ref
// ("Increment a percpu refcount unless its count already reached zero":
// percpu_ref_tryget).
func TestRefTryGetOfADyingRef(t *testing.T) {
	r, released := counted()
	r.Get()
	r.Kill()
	if !r.TryGet() {
		t.Error("TryGet fails, and there is a reference")
	}
	r.Put()
	r.Put()
	wantReleased(t, released, 1)
	if r.TryGet() || r.TryGetLive() {
		t.Error("TryGet of a Ref whose count is zero succeeds")
	}
	wantState(t, r, true, true)
}

// Release is called once for each drop to zero, in the call that has dropped
// the last reference ("Decrement the refcount, and if 0, call the release
// function": percpu_ref_put_many).
func TestRefReleasedInTheCallThatDropsTheLastReference(t *testing.T) {
	var releasedBy []string
	r := percpuref.New(func() { releasedBy = append(releasedBy, goroutine()) })
	drops := []struct {
		name       string
		references int
		drop       func()
	}{
		{"Put", 1, r.Put},
		{"PutMany", 3, func() { r.PutMany(3) }},
		{"Kill", 0, r.Kill},
		{"KillAndConfirm", 0, func() { r.KillAndConfirm(func() {}) }},
	}
	for _, d := range drops {
		releasedBy = nil
		if d.references > 0 {
			r.GetMany(d.references)
			r.Kill()
		}
		if len(releasedBy) != 0 {
			t.Fatalf("%s: released, and there are references", d.name)
		}
		by := ""
		elsewhere(t, func() {
			by = goroutine()
			d.drop()
			if len(releasedBy) != 1 { // before it has returned
				t.Errorf("%s: released %d times, want 1", d.name, len(releasedBy))
			}
		})
		if len(releasedBy) != 1 || releasedBy[0] != by {
			t.Errorf("%s: released by %v, want %s alone", d.name, releasedBy, by)
		}
		r.Reinit()
	}
}

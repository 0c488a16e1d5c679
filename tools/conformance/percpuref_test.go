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

// A new ref is live and has one reference ("starts in percpu mode with a refcount of 1": lib/percpu-refcount.c, percpu_ref_init).
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

// Kill drops the initial reference, exactly once ("must be called precisely once before shutdown": include/linux/percpu-refcount.h, percpu_ref_kill; its WARN_ONCE names the
// function).
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

// Of several that kill at the same time, one does (percpu_ref_kill_and_confirm, under its lock).
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

// Kill does not wait for references (percpu_ref_kill_and_confirm: "normally doesn't block").
func TestRefKillDoesNotWaitForReferences(t *testing.T) {
	r, released := counted()
	r.GetMany(1000)
	happens(t, "Kill returns", background(r.Kill))
	wantReleased(t, released, 0)
	r.PutMany(1000)
	wantReleased(t, released, 1)
}

// TryGetLive fails from the confirmation on ("After the confirm_kill callback is invoked, it's guaranteed that no new reference will be given out by percpu_ref_tryget_live()":
// percpu_ref_tryget_live), which comes before release, since the initial reference is dropped after it.
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

// Also for those who have been calling it all the time, on whatever P (percpu_ref_tryget_live; percpuref: TryGetLive). Kill's return is as good as the confirmation.
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

// TryGet succeeds as long as there is a reference, also to a dying ref ("Increment a percpu refcount unless its count already reached zero": percpu_ref_tryget).
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

// Release is called once for each drop to zero, by whoever dropped the last reference, in the call that did ("Decrement the refcount, and if 0, call the release function":
// percpu_ref_put_many).
func TestRefReleasedByWhoeverDropsTheLastReference(t *testing.T) {
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

// Reinit needs a count of zero, and makes the ref what it was at first ("in the same state as when it finished percpu_ref_init()"; WARN_ON_ONCE(!percpu_ref_is_zero(ref)):
// percpu_ref_reinit).
func TestRefReinitNeedsZero(t *testing.T) {
	r, released := counted()
	mustPanic(t, "percpuref: Reinit of a Ref whose count is not zero", r.Reinit) // it is live
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

// Resurrect does not need zero, and undoes Kill ("in the same state as before percpu_ref_kill() was called. @ref must be dead": percpu_ref_resurrect).
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

// Resurrect of a live ref panics (WARN_ON_ONCE(!(ref->percpu_count_ptr & __PERCPU_REF_DEAD)): percpu_ref_resurrect).
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

// isAtomic reports whether a live Ref with no other reference than its owner's is in atomic mode: only there it is noticed that the owner's is dropped without Kill.
// Where it is, the Ref is of no use any more.
func isAtomic(r *percpuref.Ref) bool {
	r.Put()
	if r.IsZero() {
		return true
	}
	r.Get()
	return false
}

// SwitchToAtomic lasts until SwitchToPercpu ("will stay in atomic mode across kill/reinit cycles until percpu_ref_switch_to_percpu() is called": percpu_ref_switch_to_atomic).
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

// SwitchToPercpu of a dying ref leaves it atomic until it is live again ("If @ref is dying or dead, the actual switching takes place on the following percpu_ref_reinit()":
// percpu_ref_switch_to_percpu).
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

// A switch is confirmed when all counting is atomic, once, also where nothing changes ("On completion, when all CPUs are guaraneed to be in atomic mode, @confirm_switch ...
// is invoked": percpu_ref_switch_to_atomic; __percpu_ref_switch_to_atomic calls it at once for a ref that is atomic).
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

// A confirm function is optional (percpu_ref_kill_and_confirm, percpu_ref_switch_to_atomic: "optional confirmation callback").
func TestRefConfirmIsOptional(t *testing.T) {
	r, released := counted()
	r.SwitchToAtomic(nil)
	r.KillAndConfirm(nil)
	wantReleased(t, released, 1)
	wantState(t, r, true, true)
}

// A Put too many panics: in atomic mode at the Put, in per-P mode, where nobody can tell, at the Kill or the switch ("percpu ref (%ps) <= 0 (%ld) after switching to atomic":
// percpu_ref_switch_to_atomic_rcu; "Before you call percpu_ref_kill(), percpu_ref_put() does not check for the refcount hitting 0": percpu-refcount.h).
func TestRefPutBelowZero(t *testing.T) {
	r, released := counted()
	r.Kill()
	mustPanic(t, "percpuref: Put below zero", r.Put)
	wantReleased(t, released, 1)

	r, _ = counted()
	r.SwitchToAtomicSync()
	r.Get()
	mustPanic(t, "percpuref: PutMany below zero", func() { r.PutMany(3) })

	for too := 1; too < 4; too++ { // the first one drops the owner's
		r, _ = counted()
		for range too {
			r.Put()
		}
		mustPanic(t, "percpuref: Kill ", r.Kill)
	}
	r, _ = counted()
	r.PutMany(2)
	mustPanic(t, "percpuref: KillAndConfirm ", func() { r.KillAndConfirm(func() { t.Error("confirmed") }) })
	r, _ = counted()
	r.PutMany(2)
	mustPanic(t, "percpuref: SwitchToAtomicSync ", r.SwitchToAtomicSync)
}

// GetMany and PutMany are as many Gets and Puts, in any mixture and any mode (percpu_ref_get_many, percpu_ref_put_many).
func TestRefGetManyPutMany(t *testing.T) {
	for _, atomically := range []bool{false, true} {
		r, released := counted()
		if atomically {
			r.SwitchToAtomicSync()
		}
		r.GetMany(5)
		r.Get()
		r.Put()
		r.PutMany(2)
		r.Kill()
		r.GetMany(2)
		for range 4 {
			r.Put()
			wantReleased(t, released, 0)
		}
		r.Put()
		wantReleased(t, released, 1)
	}
}

// Misuse that can be seen: the count of a ref that is zero goes up by Reinit and Resurrect alone (percpuref: Get); a number of references is positive.
func TestRefMisuse(t *testing.T) {
	r, released := counted()
	for _, n := range []int{0, -1} {
		mustPanic(t, "percpuref: GetMany(", func() { r.GetMany(n) })
		mustPanic(t, "percpuref: PutMany(", func() { r.PutMany(n) })
	}
	r.Kill()
	wantReleased(t, released, 1)
	mustPanic(t, "percpuref: Get of a Ref whose count is zero", r.Get)
	r, _ = counted()
	r.Kill()
	mustPanic(t, "percpuref: GetMany of a Ref whose count is zero", func() { r.GetMany(7) })
	mustPanic(t, "percpuref: New with a nil release function", func() { percpuref.New(nil) })
}

// The local counts may wrap: only their sum counts ("the counter on a particular cpu can (and will) wrap": percpu-refcount.c). Two goroutines that run at the same time are on two
// Ps; one only takes, the other only drops.
func TestRefLocalCountsWrap(t *testing.T) {
	r, released := counted()
	r.Get() // so that the Kills below find one
	const n, many = 2000, 1 << 30
	var taken, dropped atomic.Int64
	var both sync.WaitGroup
	both.Go(func() {
		for i := range int64(n) {
			for dropped.Load() < i-3 {
				runtime.Gosched()
			}
			r.GetMany(many)
			taken.Add(1)
		}
	})
	both.Go(func() {
		for i := range int64(n) {
			for taken.Load() <= i {
				runtime.Gosched()
			}
			r.PutMany(many)
			dropped.Add(1)
			if i%100 == 0 { // whatever the P's word is by now
				r.Kill()
				r.Resurrect()
			}
		}
	})
	returns(t, &both)
	r.Kill()
	wantReleased(t, released, 0)
	r.Put()
	wantReleased(t, released, 1)
}

// Counts are right whatever Ps references are taken and dropped on, also while there are more or fewer of them (this_cpu_add on any CPU: percpu_ref_get_many; the sum is over all
// possible CPUs: percpu_ref_switch_to_atomic_rcu).
func TestRefCountsAcrossPs(t *testing.T) {
	procs := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(procs)
	r, released := counted()
	r.Get() // until all others have been dropped
	handed := make(chan struct{}, 64)
	var takers, droppers sync.WaitGroup
	each := rounds(8000)
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
	for i := range 20 {
		runtime.GOMAXPROCS(1 + i%(procs+4)) // beyond those that were there when the Ref was made
		runtime.Gosched()
	}
	returns(t, &takers)
	r.Kill()
	close(handed)
	returns(t, &droppers)
	wantState(t, r, true, false)
	wantReleased(t, released, 0)
	r.Put()
	wantReleased(t, released, 1)
}

// Each Put happens before the release that follows it, and a Resurrect before a TryGetLive that succeeds because of it (percpuref: Ref). The race detector says so.
func TestRefOrders(t *testing.T) {
	for range rounds(100) {
		var written [4]int
		sum := 0
		r := percpuref.New(func() {
			for _, w := range written {
				sum += w
			}
		})
		r.GetMany(len(written))
		var users sync.WaitGroup
		for i := range written {
			users.Go(func() {
				written[i] = i + 1
				r.Put()
			})
		}
		r.Kill()
		returns(t, &users)
		if sum != 1+2+3+4 {
			t.Fatalf("release has seen %d, want 10", sum)
		}
		users.Go(func() {
			for !r.TryGetLive() {
				runtime.Gosched()
			}
			if sum != -1 {
				t.Errorf("a user of the resurrected Ref sees %d, want -1", sum)
			}
			r.Put()
		})
		sum = -1
		r.Resurrect()
		returns(t, &users)
	}
}

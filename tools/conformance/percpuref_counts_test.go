package conformance

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"hazptr/percpuref"
)

// A Put too many panics: in atomic mode at the Put, in per-P mode, where it
// cannot be seen, at the Kill or the switch ("percpu ref (%ps) <= 0 (%ld) after
// switching to atomic": percpu_ref_switch_to_atomic_rcu; "Before you call
// percpu_ref_kill(), percpu_ref_put() does not check for the refcount hitting
// 0": percpu-refcount.h).
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

// GetMany and PutMany are as many Gets and Puts, in any mixture and any mode
// (percpu_ref_get_many, percpu_ref_put_many).
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

// Misuse that can be seen: the count of a ref that is zero goes up by Reinit
// and Resurrect alone (percpuref: Get); a number of references is positive.
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

// The local counts may wrap: only their sum counts ("the counter on a
// particular cpu can (and will) wrap": percpu-refcount.c). Two goroutines that
// run at the same time are on two Ps; one only takes, the other only drops.
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

// Counts are right whatever Ps references are taken and dropped on, also while
// there are more or fewer of them (this_cpu_add on any CPU:
// percpu_ref_get_many; the sum is over all possible CPUs:
// percpu_ref_switch_to_atomic_rcu).
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
		runtime.GOMAXPROCS(1 + i%(procs+4)) // more Ps than there were at first
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

// Each Put happens before the release that follows it, and a Resurrect before a
// TryGetLive that succeeds because of it (percpuref: Ref). The race detector
// says so.
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

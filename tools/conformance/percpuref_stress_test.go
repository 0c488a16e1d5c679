package conformance

import (
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hazptr/percpuref"
)

// Wherever it is killed and the last reference is dropped: it is released once,
// and not used afterwards (percpu_ref_put_many; percpuref: Ref).
func TestRefReleasedOnceWhateverTheOrder(t *testing.T) {
	for range rounds(4000) {
		// It is plain, so that the race detector sees a release that comes too
		// early.
		inUse := true
		released := new(atomic.Int64)
		r := percpuref.New(func() {
			inUse = false
			released.Add(1)
		})
		var users sync.WaitGroup
		for user := range 4 {
			users.Go(func() {
				random := rand.New(rand.NewPCG(3, uint64(user)))
				get := r.TryGetLive
				if user%2 == 0 {
					get = r.TryGet
				}
				for get() {
					if !inUse {
						t.Error("released, and there is a reference")
						return
					}
					r.Put()
					if random.IntN(4) == 0 {
						runtime.Gosched() // or the owner waits for a time slice
					}
				}
			})
		}
		runtime.Gosched()
		r.Kill()
		returns(t, &users)
		wantReleased(t, released, 1)
	}
}

// Sums are conserved while others take and drop references on all Ps, hand them
// on, and the owner kills and resurrects: as long as there is one the ref is
// not released, and when the last is dropped it is
// (percpu_ref_switch_to_atomic_rcu: "the sum of all the counts will be
// consistent and correct").
func TestRefSumsAreConserved(t *testing.T) {
	procs := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(procs)
	r, released := counted()
	r.Get() // held for as long as the users run
	var stop atomic.Bool
	handed := make(chan int, 16)
	var users sync.WaitGroup
	for user := range 4 {
		users.Go(func() {
			random := rand.New(rand.NewPCG(7, uint64(user)))
			for !stop.Load() {
				n := 1 + random.IntN(3)
				switch random.IntN(4) {
				case 0:
					r.GetMany(n)
				case 1:
					for range n {
						r.Get()
					}
				default:
					n = 1
					if random.IntN(2) == 0 {
						if !r.TryGet() {
							t.Error("TryGet fails, and there is a reference")
							continue
						}
					} else if !r.TryGetLive() {
						continue
					}
				}
				select {
				case handed <- n: // another goroutine drops them
				case other := <-handed:
					r.PutMany(other)
					r.PutMany(n)
				default:
					r.PutMany(n)
				}
				if random.IntN(4) == 0 {
					runtime.Gosched()
				}
			}
		})
	}
	for i := range rounds(8000) {
		switch i % 8 {
		case 0:
			r.SwitchToAtomicSync()
		case 3:
			r.SwitchToPercpu()
		case 5:
			if i%40 == 5 { // it stops the world
				runtime.GOMAXPROCS(1 + (i/40)%(procs+2))
			}
		}
		confirmed := false
		r.KillAndConfirm(func() { confirmed = true })
		if !confirmed || !r.IsDying() || r.IsZero() {
			t.Fatalf("confirmed: %t, dying: %t, zero: %t", confirmed, r.IsDying(), r.IsZero())
		}
		if i%2 == 0 {
			runtime.Gosched()
		}
		r.Resurrect()
		wantReleased(t, released, 0)
	}
	stop.Store(true)
	returns(t, &users)
	r.Kill()
	for close(handed); ; {
		n, ok := <-handed
		if !ok {
			break
		}
		r.PutMany(n)
	}
	wantReleased(t, released, 0)
	wantState(t, r, true, false)
	r.Put()
	wantReleased(t, released, 1)
	wantState(t, r, true, true)
}

// No count is lost where a thread stands still between the two halves of
// counting, as a virtual CPU may: there are more Ps than cores, so the
// operating system takes cores away in the midst of it
// (percpu_ref_switch_to_atomic_rcu adds up when no CPU counts on its own any
// more).
func TestRefCountsWhereThreadsStandStill(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4 * runtime.NumCPU()))
	for range rounds(40) {
		r, released := counted()
		r.Get()
		var stop atomic.Bool
		var users sync.WaitGroup
		for range runtime.GOMAXPROCS(0) {
			users.Go(func() {
				for !stop.Load() {
					r.Get()
					r.GetMany(2)
					r.PutMany(3)
				}
			})
		}
		// Until all of them have been on a core.
		time.Sleep(2 * time.Millisecond)
		r.Kill()
		time.Sleep(time.Millisecond)
		stop.Store(true)
		returns(t, &users)
		wantReleased(t, released, 0)
		wantState(t, r, true, false)
		r.Put()
		wantReleased(t, released, 1)
	}
}

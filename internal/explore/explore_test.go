package explore_test

import (
	"flag"
	"math/rand/v2"
	"testing"
	"unsafe"

	"hazptr/internal/explore"
	"hazptr/internal/explore/atomic"
)

func address(v *uintptr) uintptr { return uintptr(unsafe.Pointer(v)) }

// change is an exchange.
func change(v *uintptr, value uintptr) (old uintptr) {
	explore.Touch(unsafe.Pointer(v))
	old, *v = *v, value
	return old
}

// Litmus tests have as many outcomes as the model says, whatever is left out.
func TestLitmus(t *testing.T) {
	for _, c := range []struct {
		name              string
		program           program
		outcomes, inOrder int // with buffers, without
	}{
		{"store buffering", parse("w0 r1", "w1 r0"), 4, 3},
		{"store buffering, membarrier on one side", parse("w0 r1", "w1 f0 r0"), 3, 3},
		{"store buffering, exchange", parse("x0 r1", "x1 r0"), 3, 3},
		{"store buffering, own store seen", parse("w0 r0 r1", "w1 r1 r0"), 4, 3},
		{"store buffering of three", parse("w0 r1", "w1 r2", "w2 r0"), 8, 7},
		{"message passing", parse("w0 w1", "r1 r0"), 3, 3},
		{"load buffering", parse("r0 w1", "r1 w0"), 3, 3},
		{"independent reads", parse("w0", "w1", "r0 r1", "r1 r0"), 15, 15},
		{"two writes", parse("w0 w1", "w1 w0"), 3, 3},
		{"a try to lock that fails leaves the buffer alone", parse("w0 t0 r1", "l0 x1 r0 u0"), 7, 6},
		{"a lock that is never taken", parse("l0 a0 u0", "l0 w0 u0"), 2, 2},
	} {
		for _, reduction := range []explore.Reduction{explore.Races, explore.Sleeping, explore.Nothing} {
			for _, unbuffered := range []bool{false, true} {
				want := c.outcomes
				if unbuffered {
					want = c.inOrder
				}
				r, found := c.program.explored(t, explore.Scenario{Reduction: reduction, Unbuffered: unbuffered})
				t.Logf("%s, reduction %d, unbuffered %t: %d outcomes, %v", c.name, reduction, unbuffered, len(found), r)
				if len(found) != want || !r.Complete {
					t.Errorf("%s, reduction %d, unbuffered %t: %d outcomes, want %d: %v", c.name, reduction, unbuffered, len(found), want, found)
				}
			}
		}
	}
}

// A thread may wait for what it has found by a compare-and-swap.
func TestWaitForSwap(t *testing.T) {
	var word uintptr
	r := explore.Explore(explore.Scenario{Setup: func() { word = 0 }, Threads: []func(){
		func() {
			for !atomic.CompareAndSwapUintptr(&word, 1, 2) {
				explore.Wait()
			}
		},
		func() { explore.Store(&word, 1) },
	}})
	if r.Failure != nil || !r.Complete || r.Executions < 2 {
		t.Errorf("%v, %v", r, r.Failure)
	}
}

var programs = flag.Int("explore.programs", 100, "how many random programs of each sort are explored in three ways")

// What the reduction leaves out makes no difference: random programs have the
// same outcomes with all of it, with sleep sets alone, and without; and as many
// complete executions with all of it as with sleep sets alone.
func TestReduction(t *testing.T) {
	n := *programs
	if testing.Short() {
		n = min(n, 20)
	}
	for _, sort := range []struct {
		name, from                string
		started, threads, longest int
	}{
		{"words", "rrwwxcf", 2, 2, 3},
		{"locks", "rwlltf", 2, 2, 2},
		{"three threads", "rrwwxflt", 3, 3, 2},
		{"waits", "rwwxfab", 2, 2, 3},
		{"waits of three", "rwwxab", 3, 3, 2},
		{"go statements", "rrwwflgg", 2, 3, 2},
		{"more go statements", "wrfgg", 2, 4, 1},
		{"deadlocks", "rwmnltab", 2, 2, 2},
		{"deadlocks of three", "rwmnab", 3, 3, 1},
	} {
		t.Run(sort.name, func(t *testing.T) {
			compared, reduced, sleeping, redundant := 0, 0, 0, 0
			for seed := range uint64(n) {
				p := random(rand.New(rand.NewPCG(seed, 1)), sort.from, sort.started, sort.threads, sort.longest)
				races, found := p.explored(t, explore.Scenario{})
				sleep, foundSleeping := p.explored(t, explore.Scenario{Reduction: explore.Sleeping, Executions: 5000})
				if !sleep.Complete {
					continue
				}
				if found.String() != foundSleeping.String() || races.Executions != sleep.Executions {
					t.Fatalf("%v:\nraces %v\nsleep sets %v\nraces %v\nsleep sets %v", p, races, sleep, found, foundSleeping)
				}
				reduced, sleeping, redundant = reduced+races.Executions, sleeping+sleep.Redundant, redundant+races.Redundant
				compared++
				if all, foundAll := p.explored(t, explore.Scenario{Reduction: explore.Nothing, Executions: 1000}); all.Complete && found.String() != foundAll.String() {
					t.Fatalf("%v:\n%v\nwithout reduction\n%v", p, found, foundAll)
				}
			}
			t.Logf("%d programs: %d executions, %d redundant; %d with sleep sets alone", compared, reduced, redundant, sleeping)
			if compared < n/2 {
				t.Errorf("only %d of %d programs are small enough", compared, n)
			}
		})
	}
}

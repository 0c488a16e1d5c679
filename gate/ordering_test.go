package gate

import (
	"context"
	"errors"
	"math/rand/v2"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"hazptr/internal/litmus"
	"hazptr/internal/long"
)

// A Freeze must see a user that is inside.
func TestOrderingEnter(t *testing.T) {
	g := New()
	notified := litmus.Notified(t)
	litmus.Readers(t, func() (litmus.Read, func()) {
		return func(source *atomic.Pointer[litmus.Mortal], use func(*litmus.Mortal)) {
			if p, ok := g.TryEnter(); ok {
				use(source.Load())
				p.Exit()
			}
		}, func() {}
	}, func(old *litmus.Mortal, reclaim func(*litmus.Mortal)) {
		notified(g.Freeze)
		reclaim(old)
		g.Unfreeze()
	})
}

// The end of a Pass must be seen by a Freeze, or notify it. No other comes to
// the gate.
func TestOrderingExit(t *testing.T) {
	g := New()
	var entered, frozen atomic.Int64 // how often
	var stop atomic.Bool
	left := make(chan struct{})
	delay := litmus.NewDelay(1)
	go func() {
		defer close(left)
		defer litmus.Apart(0)()
		for n := int64(1); ; n++ {
			p, ok := g.TryEnter()
			if !ok {
				t.Error("the gate is not open")
			}
			entered.Store(n)
			for range delay.IntN(2000) {
				spins++
			}
			delay.Stores()
			p.Exit()
			for frozen.Load() < n {
				if stop.Load() {
					return
				}
				runtime.Gosched()
			}
		}
	}()
	n := int64(1)
	random := rand.New(rand.NewPCG(2, 0))
	for deadline := time.Now().Add(litmus.Duration()); time.Now().Before(deadline); n++ {
		for entered.Load() < n {
			runtime.Gosched()
		}
		for range random.IntN(2000) {
			freezerSpins++
		}
		ctx, cancel := context.WithTimeout(context.Background(), 1500*time.Millisecond)
		err := g.Freeze(ctx)
		cancel()
		if errors.Is(err, context.DeadlineExceeded) {
			stop.Store(true)
			t.Fatalf("freeze %d was not notified of the end of the last pass: %v", n, err)
		}
		g.Unfreeze()
		frozen.Store(n)
	}
	for entered.Load() < n {
		runtime.Gosched()
	}
	stop.Store(true)
	<-left
	t.Logf("%d freezes", n)
}

var spins, freezerSpins int

func TestOrderingTestsNotice(t *testing.T) {
	long.Only(t, "it waits for each ordering test to fail")
	litmus.Fenceless(t, "hazptr_nofence", map[string][]string{
		"TestOrderingEnter": {"a reader used a reclaimed object", "was not notified"},
		"TestOrderingExit":  {"was not notified"},
	})
}

package gate

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"hazptr"
	"hazptr/internal/litmus"
)

// Who is inside must be seen by a Freeze.
func TestOrderingEnter(t *testing.T) {
	g := New(nil)
	litmus.Readers(t, func() (litmus.Read, func()) {
		return func(source *atomic.Pointer[litmus.Mortal], use func(*litmus.Mortal)) {
			if p, ok := g.TryEnter(); ok {
				use(source.Load())
				p.Exit()
			}
		}, func() {}
	}, func(old *litmus.Mortal, reclaim func(*litmus.Mortal)) {
		if err := g.Freeze(context.Background()); err != nil {
			t.Error(err)
		}
		reclaim(old)
		g.Unfreeze()
	})
}

// Who leaves must be seen by a Freeze, or see that somebody waits: here the domain, which finds out in the end, does so too late.
func TestOrderingExit(t *testing.T) {
	d := hazptr.NewDomain(hazptr.Config{FlushInterval: time.Hour})
	g := New(d)
	var stop atomic.Bool
	left := make(chan struct{})
	go func() {
		defer close(left)
		for delay := litmus.NewDelay(1); !stop.Load(); {
			if p, ok := g.TryEnter(); ok {
				for range delay.IntN(1000) {
					spins++
				}
				delay.Stores()
				p.Exit()
			}
		}
	}()
	freezes := 0
	for deadline := time.Now().Add(litmus.Duration()); time.Now().Before(deadline); freezes++ {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		err := g.Freeze(ctx)
		cancel()
		if errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("nobody told freeze %d that the last pass had ended: %v", freezes, err)
		}
		g.Unfreeze()
	}
	stop.Store(true)
	<-left
	t.Logf("%d freezes", freezes)
	if err := d.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
}

var spins int

func TestOrderingTestsNotice(t *testing.T) {
	litmus.Fenceless(t, "hazptr_nofence", map[string][]string{
		"TestOrderingEnter": {"a reader used a reclaimed object"},
		"TestOrderingExit":  {"nobody told"},
	})
	litmus.Fenceless(t, "hazptr_readerfence,hazptr_nofence", map[string][]string{
		"TestOrderingExit": {"nobody told"},
	})
}

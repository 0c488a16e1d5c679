package percpugate

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
)

// What needs no waiting succeeds even if its context has ended.
func TestEndedContext(t *testing.T) {
	both(t, func(t *testing.T, g usage) {
		exit, err := g.enter(ended())
		if err != nil {
			t.Fatalf("Enter of an open gate: %v", err)
		}
		if err := g.freeze(ended()); !errors.Is(err, context.Canceled) {
			t.Fatalf("Freeze, and a pass is held: %v", err)
		}
		exit()
		if err := g.freeze(ended()); err != nil {
			t.Fatalf("Freeze, and no user is inside: %v", err)
		}
		if _, err := g.enter(ended()); !errors.Is(err, context.Canceled) {
			t.Fatalf("Enter of a frozen gate: %v", err)
		}
		g.unfreeze()
		mustEnter(t, g)()
	})
}

func TestExpiredFreezeLeavesTheGateAsItWas(t *testing.T) {
	both(t, func(t *testing.T, g usage) {
		first := mustEnter(t, g)
		if err := g.freeze(briefly(t)); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "Freeze: ") {
			t.Fatal(err)
		}
		second := mustEnter(t, g)
		second()
		if err := g.freeze(briefly(t)); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal("it doesn't wait for a pass that an expired Freeze had waited for")
		}
		first()
		mustFreeze(t, g)
		g.unfreeze()
		mustPanic(t, "Unfreeze of a Gate that is not frozen", g.unfreeze)
	})
}

// An expired Freeze undoes its own and no other's.
func TestExpiredFreezeAmongOthers(t *testing.T) {
	both(t, func(t *testing.T, g usage) {
		exit := mustEnter(t, g)
		frozen := freezing(soonContext(t), t, g)
		if err := g.freeze(briefly(t)); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(err)
		}
		mustBeClosed(t, g)
		mustWait(t, "frozen, and a pass is held", frozen)
		exit()
		if err := <-frozen; err != nil {
			t.Fatal(err)
		}
		mustBeClosed(t, g)
		g.unfreeze()
		mustEnter(t, g)()
	})
}

// An expired Freeze opens the gate for the callers that wait, too.
func TestExpiredFreezeWakes(t *testing.T) {
	both(t, func(t *testing.T, g usage) {
		held := mustEnter(t, g)
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		frozen := freezing(ctx, t, g)
		entered := make(chan error)
		enter := soonContext(t)
		go func() {
			exit, err := g.enter(enter)
			exit()
			entered <- err
		}()
		mustWait(t, "a user entered a gate that is being frozen", entered)
		cancel()
		if err := <-frozen; !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		if err := <-entered; err != nil {
			t.Fatal(err)
		}
		held()
	})
}

// The last Exit and the end of the context come at the same time. Whatever
// Freeze then says is true, and the gate opens again.
func TestExpiryAndExitTogether(t *testing.T) {
	both(t, func(t *testing.T, g usage) {
		froze, expired := 0, 0
		for i := 0; (froze < 20 || expired < 20) && i < 20_000; i++ {
			exit := mustEnter(t, g)
			ctx, cancel := context.WithCancel(context.Background())
			var endings sync.WaitGroup
			endings.Go(cancel)
			endings.Go(exit)
			switch err := g.freeze(ctx); {
			case err == nil:
				froze++
				mustBeClosed(t, g)
				g.unfreeze()
			case errors.Is(err, context.Canceled):
				expired++
			default:
				t.Fatal(err)
			}
			// The exit and its release function may be under way.
			mustEnter(t, g)()
			endings.Wait()
		}
		t.Logf("frozen %d times, expired %d times", froze, expired)
	})
}

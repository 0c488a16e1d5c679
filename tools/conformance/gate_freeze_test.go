package conformance

import (
	"context"
	"errors"
	"testing"
	"time"

	"hazptr/gate"
)

// Freeze waits until no user is inside (block/blk-mq.c,
// blk_mq_freeze_queue_wait: percpu_ref_is_zero), and lets no user in meanwhile.
func TestGateFreezeWaitsUntilNobodyIsInside(t *testing.T) {
	g := gate.New()
	p, q := mustEnter(t, g), mustEnter(t, g)
	frozen := succeeds(t, g.Freeze)
	closes(t, g)
	waits(t, "frozen, and two are inside", frozen)
	q.Exit()
	waits(t, "frozen, and one is inside", frozen)
	mustNotEnter(t, g)
	p.Exit()
	happens(t, "frozen", frozen)
	mustNotEnter(t, g)
	g.Unfreeze()
	mustEnter(t, g).Exit()
}

// A gate that is dying can be frozen, and is not opened by the Unfreeze
// (block/blk-core.c, blk_cleanup_queue: freezes after it has marked the queue
// as dying; gate: Freeze).
func TestGateFreezeAfterKill(t *testing.T) {
	g := gate.New()
	p := mustEnter(t, g)
	g.Kill()
	if err := g.Freeze(within(t, time.Millisecond)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("frozen, and one is inside: %v", err)
	}
	frozen := succeeds(t, g.Freeze)
	waits(t, "frozen, and one is inside", frozen)
	p.Exit()
	happens(t, "frozen", frozen)
	mustFreeze(t, g)
	g.Unfreeze()
	g.Unfreeze()
	mustNotEnter(t, g)
	mustPanic(t, "gate: Unfreeze of a Gate that is not frozen", g.Unfreeze)
}

// Freezes nest, by one owner or by several. Each waits until no user is inside,
// and the last Unfreeze opens the gate (mq_freeze_depth:
// blk_freeze_queue_start, blk_mq_unfreeze_queue).
func TestGateFreezeNests(t *testing.T) {
	g := gate.New()
	p := mustEnter(t, g)
	var frozen []<-chan struct{}
	for range 5 {
		frozen = append(frozen, succeeds(t, g.Freeze))
	}
	for _, done := range frozen {
		waits(t, "frozen, and one is inside", done)
	}
	p.Exit()
	for _, done := range frozen {
		happens(t, "each Freeze returns", done)
	}
	mustFreeze(t, g)
	entered := background(func() {
		p, err := g.Enter(within(t, soon))
		if err != nil {
			t.Error(err)
		}
		p.Exit()
	})
	for range len(frozen) {
		g.Unfreeze()
		mustNotEnter(t, g)
	}
	waits(t, "a user enters, and a Freeze is in force", entered)
	g.Unfreeze()
	happens(t, "a waiting user enters", entered)
	mustEnter(t, g).Exit()
	mustPanic(t, "gate: Unfreeze of a Gate that is not frozen", g.Unfreeze)
}

// A Freeze that expires leaves the gate as it was: open, with the earlier and
// the later passes counted, and all waiting users let in (gate: Freeze).
func TestGateExpiredFreeze(t *testing.T) {
	g := gate.New()
	first := mustEnter(t, g)
	ctx, cancel := context.WithCancel(context.Background())
	expired := background(func() {
		if err := g.Freeze(ctx); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
	closes(t, g)
	entered := make(chan gate.Pass, 1)
	waiting := background(func() {
		p, err := g.Enter(within(t, soon))
		if err != nil {
			t.Error(err)
		}
		entered <- p
	})
	waits(t, "a user enters a frozen gate", waiting)
	cancel()
	happens(t, "the Freeze expires", expired)
	happens(t, "a waiting user enters", waiting)
	second := <-entered
	third := mustEnter(t, g)
	// It left nothing to undo.
	mustPanic(t, "gate: Unfreeze of a Gate that is not frozen", g.Unfreeze)
	frozen := succeeds(t, g.Freeze)
	second.Exit()
	third.Exit()
	waits(t, "frozen, and a pass of before the first Freeze is held", frozen)
	first.Exit()
	happens(t, "frozen", frozen)
	g.Unfreeze()
	mustEnter(t, g).Exit()
}

// Also with another Freeze in force, whether that waits yet or has returned
// (gate: Freeze).
func TestGateExpiredFreezeAmongOthers(t *testing.T) {
	g := gate.New()
	p := mustEnter(t, g)
	frozen := succeeds(t, g.Freeze)
	closes(t, g)
	for range 3 {
		if err := g.Freeze(within(t, time.Millisecond)); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		mustNotEnter(t, g)
	}
	waits(t, "frozen, and one is inside", frozen)
	p.Exit()
	happens(t, "frozen", frozen)
	mustFreeze(t, g) // no user is inside
	g.Unfreeze()
	mustNotEnter(t, g)
	g.Unfreeze()
	mustEnter(t, g).Exit()

	// The one that expires was first, and may be the one that looks at the
	// passes.
	p = mustEnter(t, g)
	ctx, cancel := context.WithCancel(context.Background())
	expired := background(func() {
		if err := g.Freeze(ctx); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
	closes(t, g)
	frozen = succeeds(t, g.Freeze)
	waits(t, "frozen, and one is inside", frozen)
	cancel()
	happens(t, "the first Freeze expires", expired)
	mustNotEnter(t, g)
	waits(t, "frozen, and one is inside", frozen)
	p.Exit()
	happens(t, "frozen", frozen)
	mustNotEnter(t, g)
	g.Unfreeze()
	mustEnter(t, g).Exit()
}

// An Unfreeze undoes a Freeze that has succeeded, not one that waits yet (gate:
// Unfreeze).
func TestGateUnfreezeOfAFreezeThatWaits(t *testing.T) {
	g := gate.New()
	p := mustEnter(t, g)
	frozen := succeeds(t, g.Freeze)
	closes(t, g)
	mustPanic(t, "gate: Unfreeze of a Gate that is not frozen", g.Unfreeze)
	mustNotEnter(t, g)
	waits(t, "frozen, and one is inside", frozen)
	p.Exit()
	happens(t, "frozen", frozen)
	mustNotEnter(t, g)
	g.Unfreeze()
	mustEnter(t, g).Exit()
}

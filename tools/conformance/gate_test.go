package conformance

import (
	"context"
	"errors"
	"testing"
	"time"

	"hazptr/gate"
)

// "Enter: live → in" (blk_queue_enter).
func TestGateOpenLetsIn(t *testing.T) {
	g := gate.New()
	for range 3 {
		p, err := g.Enter(within(t, 0)) // even if the context has ended
		if err != nil {
			t.Fatal(err)
		}
		q, ok := g.TryEnter()
		if !ok {
			t.Fatal("TryEnter of an open gate fails")
		}
		p.Exit()
		q.Exit()
	}
}

// "frozen → wait until thawed" (blk_queue_enter; BLK_MQ_REQ_NOWAIT: an error at once).
func TestGateFrozenLetsWait(t *testing.T) {
	g := gate.New()
	if err := g.Freeze(within(t, soon)); err != nil {
		t.Fatal(err)
	}
	if _, ok := g.TryEnter(); ok {
		t.Error("TryEnter of a frozen gate succeeds")
	}
	if _, err := g.Enter(within(t, time.Millisecond)); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	var entered []<-chan struct{}
	for range 5 {
		entered = append(entered, background(func() {
			p, err := g.Enter(within(t, soon))
			if err != nil {
				t.Error(err)
			}
			p.Exit()
		}))
	}
	waits(t, "somebody enters a frozen gate", entered[0])
	g.Unfreeze()
	for _, done := range entered {
		happens(t, "all who wait enter", done)
	}
}

// "dying → an error" (blk_queue_enter: -ENODEV), for those who wait, too (blk_mark_disk_dead wakes them).
func TestGateDyingRefuses(t *testing.T) {
	g := gate.New()
	p, _ := g.TryEnter()
	if err := g.Freeze(within(t, time.Millisecond)); err == nil {
		t.Fatal("frozen, and one is inside")
	}
	frozen := background(func() {
		if err := g.Freeze(within(t, soon)); err != nil {
			t.Error(err)
		}
	})
	waits(t, "frozen, and one is inside", frozen)
	waiting := background(func() {
		if _, err := g.Enter(within(t, soon)); err != gate.ErrDying {
			t.Error(err)
		}
	})
	waits(t, "somebody enters a frozen gate", waiting)
	g.Kill()
	happens(t, "who waits is told that the gate is dying", waiting)
	if _, ok := g.TryEnter(); ok {
		t.Error("TryEnter of a dying gate succeeds")
	}
	p.Exit()
	happens(t, "the Freeze of a dying gate returns", frozen)
	g.Unfreeze()
	if _, err := g.Enter(within(t, soon)); err != gate.ErrDying {
		t.Error(err)
	}
	mustPanic(t, "gate: Kill of a Gate that was killed already", g.Kill)
}

// "Freeze nests: the first one closes the gate, all wait until nobody is inside; the last unfreeze opens it and wakes all" (mq_freeze_depth).
func TestGateFreezeNests(t *testing.T) {
	g := gate.New()
	p, _ := g.TryEnter()
	var frozen []<-chan struct{}
	for range 3 {
		frozen = append(frozen, background(func() {
			if err := g.Freeze(within(t, soon)); err != nil {
				t.Error(err)
			}
		}))
	}
	for _, done := range frozen {
		waits(t, "frozen, and one is inside", done)
	}
	p.Exit()
	for _, done := range frozen {
		happens(t, "all who freeze are told", done)
	}
	for range 3 {
		if _, ok := g.TryEnter(); ok {
			t.Error("TryEnter of a frozen gate succeeds")
		}
		g.Unfreeze()
	}
	if _, ok := g.TryEnter(); !ok {
		t.Error("the last Unfreeze did not open the gate")
	}
	mustPanic(t, "gate: Unfreeze of a Gate that is not frozen", g.Unfreeze)
}

// "A pass is held for as long as the I/O runs and is given back in another context" (blk_queue_exit in the completion).
func TestGatePassEndsElsewhere(t *testing.T) {
	g := gate.New()
	passes := make(chan gate.Pass, 1000)
	for range cap(passes) {
		p, err := g.Enter(within(t, soon))
		if err != nil {
			t.Fatal(err)
		}
		passes <- p
	}
	close(passes)
	frozen := background(func() {
		if err := g.Freeze(within(t, soon)); err != nil {
			t.Error(err)
		}
	})
	waits(t, "frozen, and a thousand are inside", frozen)
	for range 3 {
		go func() {
			for p := range passes {
				p.Exit()
				p.Exit() // again on the same variable
			}
		}()
	}
	happens(t, "frozen", frozen)
}

// What a context adds: a Freeze that expires leaves the gate as it was, open or frozen by others; and its passes are waited for by the next one.
func TestGateExpiredFreeze(t *testing.T) {
	g := gate.New()
	first, _ := g.TryEnter()
	if err := g.Freeze(within(t, time.Millisecond)); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	second, ok := g.TryEnter()
	if !ok {
		t.Fatal("a Freeze that has expired left the gate closed")
	}
	frozen := background(func() {
		if err := g.Freeze(within(t, soon)); err != nil {
			t.Error(err)
		}
	})
	waits(t, "frozen, and two are inside", frozen)
	if err := g.Freeze(within(t, time.Millisecond)); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	if _, ok := g.TryEnter(); ok {
		t.Error("a Freeze that has expired opened a gate that another one holds closed")
	}
	second.Exit()
	waits(t, "frozen, and the pass of before the first Freeze is held", frozen)
	first.Exit()
	happens(t, "frozen", frozen)
}

package conformance

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"hazptr/gate"
)

// While the owners have a gate frozen no user is inside, whatever the order in
// which users and owners come; and all get their turn (blk_mq_freeze_queue:
// "Guarantee no request is in use").
func TestGateNobodyIsInsideAFrozenGate(t *testing.T) {
	g := gate.New()
	// size is plain: the race detector sees a user that is inside with an
	// owner.
	inside, size := new(atomic.Int64), 0
	var stop atomic.Bool
	var users, owners sync.WaitGroup
	for user := range 4 {
		users.Go(func() {
			for entries := 0; !stop.Load(); entries++ {
				var p gate.Pass
				switch {
				case entries%2 == 0:
					var err error
					if p, err = g.Enter(within(t, soon)); err != nil {
						t.Error(err)
						return
					}
				default:
					var ok bool
					if p, ok = g.TryEnter(); !ok {
						runtime.Gosched()
						continue
					}
				}
				inside.Add(1)
				was := size
				if entries%5 == user {
					runtime.Gosched()
				}
				if size != was {
					t.Error("it was resized while one is inside")
				}
				inside.Add(-1)
				p.Exit()
			}
		})
	}
	var turn sync.Mutex // owners don't exclude one another
	for owner := range 2 {
		owners.Go(func() {
			for i := range rounds(2000) {
				ctx := within(t, soon)
				if (i+owner)%4 == 0 {
					ctx = ended
				}
				if err := g.Freeze(ctx); err != nil {
					continue
				}
				turn.Lock()
				if n := inside.Load(); n != 0 {
					t.Errorf("frozen, and %d are inside", n)
				}
				size++
				turn.Unlock()
				g.Unfreeze()
				runtime.Gosched()
			}
		})
	}
	returns(t, &owners)
	stop.Store(true)
	returns(t, &users)
	if size == 0 {
		t.Error("it was never frozen")
	}
	mustFreeze(t, g)
}

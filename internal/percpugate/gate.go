// Package percpugate is package gate as the Linux block layer builds it, on a
// percpu_ref. It is here to be compared.
package percpugate

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"hazptr/percpuref"
)

// ErrDying is returned by Enter when the Gate was killed.
var ErrDying = errors.New("percpugate: dying")

// A Gate does what a gate.Gate does. Each Pass is a reference, and the first
// Freeze kills the count.
//
// Freezes nest: the first one closes the gate, each waits until no user is
// inside, and the last Unfreeze opens it and wakes all that wait. All methods
// may be called by any goroutine. A goroutine that is inside must not Freeze,
// which would wait for it. A Gate is made by New and must not be copied.
//
// In the terminology of the Go memory model, the Exit of each Pass
// "synchronizes before" the return of a Freeze that waited for it, and an
// Unfreeze "synchronizes before" the Enter or TryEnter that gets in because of
// it.
//
// It follows block/blk-core.c and block/blk-mq.c of the kernel, whose
// q_usage_counter, mq_freeze_depth and mq_freeze_wq are usage, freezes and
// queue here: blk_queue_enter, blk_queue_exit, blk_mq_freeze_queue,
// blk_mq_unfreeze_queue, blk_queue_start_drain.
type Gate struct {
	usage *percpuref.Ref

	// What waits for the gate to open, to be empty, or to die.
	queue waitQueue

	// The count is killed while the gate is frozen or dying, and only then. All
	// three change together, under mu.
	mu      sync.Mutex
	freezes int
	dying   bool
}

// New returns an open Gate.
func New() *Gate {
	g := new(Gate)
	// The goroutine that drops the last reference may come here late, when the
	// gate is open again or frozen anew. So it only wakes the waiters, which
	// look at the count itself.
	g.usage = percpuref.New(g.queue.wake)
	return g
}

// Enter waits until the gate is open and returns a Pass. It returns ErrDying
// when the gate is dying, and an error that wraps ctx's if ctx ends while it
// waits. An open gate is entered even if ctx has ended.
func (g *Gate) Enter(ctx context.Context) (Pass, error) {
	if ctx == nil {
		panic("percpugate: Enter with a nil Context")
	}
	for {
		if p, ok := g.TryEnter(); ok {
			return p, nil
		}
		dying := false
		over := g.queue.wait(ctx.Done(), func() bool {
			g.mu.Lock()
			defer g.mu.Unlock()
			dying = g.dying
			return dying || g.freezes == 0
		})
		switch {
		case dying:
			return Pass{}, ErrDying
		case !over:
			return Pass{}, fmt.Errorf("percpugate: Enter: frozen: %w", ctx.Err())
		}
	}
}

// TryEnter returns a Pass if the gate is open, and never blocks. While a Freeze
// or Kill begins it may do either.
func (g *Gate) TryEnter() (Pass, bool) {
	if !g.usage.TryGetLive() {
		return Pass{}, false
	}
	return Pass{g}, true
}

// Freeze closes the gate and waits until no user is inside. If ctx ends first,
// it returns an error that wraps ctx's and the gate is as it was before.
// Otherwise there must be one Unfreeze for each Freeze. A gate that is dying
// can be frozen, too.
func (g *Gate) Freeze(ctx context.Context) error {
	if ctx == nil {
		panic("percpugate: Freeze with a nil Context")
	}
	// The user's method may panic, so it is called before anything is changed.
	expired := ctx.Done()
	g.mu.Lock()
	g.freezes++
	if g.freezes == 1 && !g.dying {
		g.usage.Kill()
	}
	g.mu.Unlock()
	// Until our Unfreeze nothing resurrects the count, so a zero stays and we
	// can't miss it.
	if !g.queue.wait(expired, g.usage.IsZero) {
		g.Unfreeze()
		return fmt.Errorf("percpugate: Freeze: a reference is held: %w", ctx.Err())
	}
	return nil
}

// Unfreeze undoes one Freeze. It panics without one.
func (g *Gate) Unfreeze() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.freezes == 0 {
		panic("percpugate: Unfreeze of a Gate that is not frozen")
	}
	g.freezes--
	if g.freezes == 0 && !g.dying {
		// Not Reinit: where a Freeze has expired references are held yet.
		g.usage.Resurrect()
		g.queue.wake()
	}
}

// Kill makes Enter fail with ErrDying and TryEnter fail, from now on and where
// they wait. It does not wait for the users that are inside. It panics the
// second time.
func (g *Gate) Kill() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.dying {
		panic("percpugate: Kill of a Gate that was killed already")
	}
	g.dying = true
	if g.freezes == 0 {
		g.usage.Kill()
	}
	g.queue.wake()
}

// A Pass is the right to be inside a [Gate]. It must be given back by one Exit,
// in any goroutine.
type Pass struct{ gate *Gate }

// Exit gives the Pass back. Again on the same variable it does nothing. On a
// copy of one that was given back it drops a reference that is not its own.
// gate.Gate notices that. A count can't before it is below zero.
func (p *Pass) Exit() {
	if p.gate == nil {
		return
	}
	p.gate.usage.Put()
	p.gate = nil
}

// Package percpugate is package gate as the Linux block layer builds it, on a percpu_ref. It is here to be compared.
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

// A Gate does what a gate.Gate does: each Pass is a reference, and the first Freeze kills the count.
//
// It follows block/blk-core.c and block/blk-mq.c of the kernel: blk_queue_enter, blk_queue_exit, blk_mq_freeze_queue, blk_mq_unfreeze_queue.
type Gate struct {
	usage *percpuref.Ref
	queue waitQueue // who waits for the gate to open, to be empty, or to die

	mu      sync.Mutex // guards what follows, and the order of kill and resurrect
	freezes int
	dying   bool
}

// New returns an open Gate.
func New() *Gate {
	g := new(Gate)
	g.usage = percpuref.New(g.queue.wake)
	return g
}

// Enter waits until the gate is open and returns a Pass. It returns ErrDying when the gate is dying, and an error that wraps ctx's if ctx ends while it waits.
func (g *Gate) Enter(ctx context.Context) (Pass, error) {
	for {
		if p, ok := g.TryEnter(); ok {
			return p, nil
		}
		dying := false
		err := g.queue.wait(ctx, func() bool {
			g.mu.Lock()
			defer g.mu.Unlock()
			dying = g.dying
			return dying || g.freezes == 0
		})
		switch {
		case dying:
			return Pass{}, ErrDying
		case err != nil:
			return Pass{}, fmt.Errorf("percpugate: Enter: frozen: %w", err)
		}
	}
}

// TryEnter returns a Pass if the gate is open, and never blocks. While a Freeze or Kill begins it may do either.
func (g *Gate) TryEnter() (Pass, bool) {
	if !g.usage.TryGetLive() {
		return Pass{}, false
	}
	return Pass{g}, true
}

// Freeze closes the gate and waits until nobody is inside. If ctx ends first, it returns an error that wraps ctx's and the gate is as it was before.
func (g *Gate) Freeze(ctx context.Context) error {
	g.mu.Lock()
	g.freezes++
	if g.freezes == 1 && !g.dying {
		g.usage.Kill()
	}
	g.mu.Unlock()
	if err := g.queue.wait(ctx, g.usage.IsZero); err != nil {
		g.Unfreeze()
		return fmt.Errorf("percpugate: Freeze: somebody is inside: %w", err)
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
		g.usage.Resurrect()
		g.queue.wake()
	}
}

// Kill makes Enter fail with ErrDying and TryEnter fail. It panics the second time.
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

// A Pass is the right to be inside a [Gate], and must be given back by one Exit, in any goroutine.
type Pass struct{ gate *Gate }

// Exit gives the Pass back. Again on the same variable it does nothing.
func (p *Pass) Exit() {
	if p.gate == nil {
		return
	}
	p.gate.usage.Put()
	p.gate = nil
}

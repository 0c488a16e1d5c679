// Package gate is a usage gate: many goroutines are inside, entering and leaving on any core, until somebody freezes it and waits until nobody is.
package gate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"hazptr"
	"hazptr/internal/yield"
)

// ErrDying is returned by Enter when the Gate was killed.
var ErrDying = errors.New("gate: dying")

// A Gate lets users of a thing in, and its owner freeze it to change the thing while nobody uses it:
//
//	pass, err := g.Enter(ctx) // a user: waits while the gate is frozen
//	if err != nil {
//		return err
//	}
//	defer pass.Exit()
//	submit(queue, request)
//
//	if err := g.Freeze(ctx); err != nil { // the owner: nobody enters, and it waits until nobody is inside
//		return err
//	}
//	defer g.Unfreeze()
//	resize(queue)
//
// It is a sync.RWMutex whose read lock costs the same on any number of cores, can be given back by another goroutine, and can be waited for with a context; whose
// write lock nests and can be held by several owners, each of which has the users out; and that can be killed.
//
// Freezes nest: the first one closes the gate, each waits until nobody is inside, and the last Unfreeze opens it and wakes all who wait. A Pass is
// held for as long as its user likes and given back by any goroutine.
//
// All methods may be called by any goroutine. A goroutine that is inside must
// not Freeze, which would wait for it, and must not Enter again: if a Freeze
// comes in between, both wait for ever. Nothing tells which goroutine is inside,
// so neither is found. There is no fairness: where freezes overlap without a
// break, no Enter ever succeeds.
//
// A Gate is made by New and must not be copied; methods of another one panic. So
// does a method that is given a nil Context. The methods of a Context are called
// while nothing is held, and one that panics leaves the gate as it was.
//
// In the terminology of the Go memory model, the Exit of each Pass "synchronizes before" the return of a Freeze that waited for it, and an Unfreeze
// "synchronizes before" the Enter or TryEnter that gets in because of it.
//
// It is the block layer's q_usage_counter (blk_queue_enter, blk_mq_freeze_queue), which the kernel builds on percpu_ref, built on hazard pointers instead: a Pass
// is a [hazptr.Guard] of the state that the gate has while it is open, and a frozen gate has none.
type Gate struct {
	made bool                  // by New
	open atomic.Pointer[state] // nil while the gate is frozen or dying

	mu      sync.Mutex // guards what follows
	freezes int        // that have begun
	frozen  int        // and have succeeded
	dying   bool
	closed  []*state      // that a Pass may still protect
	thawed  chan struct{} // closed when the gate opens, or dies
}

// A state is what the gate has from one thaw to the next freeze. Each is a new one: a hazard pointer of one that has been unlinked is
// valid, so the same must not come back.
type state struct {
	_ byte // objects of no size would have the same address
}

// New returns an open Gate.
func New() *Gate {
	g := &Gate{made: true, thawed: make(chan struct{})}
	g.open.Store(new(state))
	return g
}

// Enter waits until the gate is open and returns a Pass. It returns ErrDying when the gate is dying, and an error that wraps ctx's if ctx ends while it waits. An
// open gate is entered even if ctx has ended.
func (g *Gate) Enter(ctx context.Context) (Pass, error) {
	g.check("Enter")
	if ctx == nil {
		panic("gate: Enter with a nil Context")
	}
	for {
		if p, ok := g.TryEnter(); ok {
			return p, nil
		}
		g.mu.Lock()
		dying, open, thawed := g.dying, g.open.Load() != nil, g.thawed
		g.mu.Unlock()
		switch {
		case dying:
			return Pass{}, ErrDying
		case open:
			continue
		}
		select {
		case <-thawed:
		case <-ctx.Done():
			return Pass{}, fmt.Errorf("gate: Enter: frozen: %w", ctx.Err())
		}
	}
}

// check panics if New has not made the Gate.
func (g *Gate) check(method string) {
	if g == nil || !g.made {
		panic("gate: " + method + " of a Gate that was not made by New")
	}
}

// TryEnter returns a Pass if the gate is open, and never blocks.
func (g *Gate) TryEnter() (Pass, bool) {
	if yield.Enabled {
		yield.Here("open?")
	}
	g.check("TryEnter")
	if g.open.Load() == nil {
		return Pass{}, false
	}
	guard := hazptr.Acquire(&g.open)
	return Pass{guard}, guard.Ptr() != nil
}

// Freeze closes the gate and waits until nobody is inside. If ctx ends first, it returns an error that wraps ctx's and the gate is as it was before. Otherwise
// there must be one Unfreeze for each Freeze. A gate that is dying can be frozen, too.
func (g *Gate) Freeze(ctx context.Context) error {
	g.check("Freeze")
	if ctx == nil {
		panic("gate: Freeze with a nil Context")
	}
	if err := g.freeze(patience(ctx.Done())); err != nil {
		return fmt.Errorf("gate: Freeze: %v: %w", err, ctx.Err())
	}
	return nil
}

func (g *Gate) freeze(ctx patience) error {
	g.mu.Lock()
	g.freezes++
	g.close()
	g.mu.Unlock()
	err := g.empty(ctx)
	g.mu.Lock()
	defer g.mu.Unlock()
	if err != nil {
		g.thaw()
		return err
	}
	g.frozen++
	return nil
}

// Unfreeze undoes one Freeze that has succeeded. It panics without one.
func (g *Gate) Unfreeze() {
	g.check("Unfreeze")
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.frozen == 0 {
		panic("gate: Unfreeze of a Gate that is not frozen")
	}
	g.frozen--
	g.thaw()
}

// thaw opens the gate if nobody else has it closed. It is called under mu.
func (g *Gate) thaw() {
	g.freezes--
	if g.freezes == 0 && !g.dying {
		if yield.Enabled {
			yield.Here("thaw")
		}
		g.open.Store(new(state))
		g.wake()
	}
}

// Kill makes Enter fail with ErrDying and TryEnter fail, from now on and for those who wait; it does not wait for those who are inside. It panics the second time.
func (g *Gate) Kill() {
	g.check("Kill")
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.dying {
		panic("gate: Kill of a Gate that was killed already")
	}
	g.dying = true
	g.close()
	g.wake()
}

// close lets nobody in any more. It is called under mu.
func (g *Gate) close() {
	if yield.Enabled {
		yield.Here("close")
	}
	if old := g.open.Swap(nil); old != nil {
		g.closed = append(g.closed, old)
	}
}

// wake wakes those who wait in Enter. It is called under mu.
func (g *Gate) wake() {
	close(g.thawed)
	g.thawed = make(chan struct{})
}

// empty waits until no Pass protects a closed state. When ctx has ended it looks
// at each that is left, and does not wait: no Pass need be inside any more.
func (g *Gate) empty(ctx patience) (err error) {
	for _, s := range g.states() {
		if left := hazptr.Synchronize(ctx, s); left == nil {
			g.forget(s)
		} else if err == nil {
			err = left
		}
	}
	return err
}

// states returns the closed states. While the gate is closed none is added.
func (g *Gate) states() []*state {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.closed)
}

// forget forgets a closed state that nobody is inside of.
func (g *Gate) forget(s *state) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = slices.DeleteFunc(g.closed, func(other *state) bool { return other == s })
}

// A Pass is the right to be inside a [Gate]. It must be given back by one Exit,
// in any goroutine.
type Pass struct{ guard hazptr.Guard[state] }

// Exit gives the Pass back. Again on the same variable it does nothing; on a
// copy of one that was given back it panics.
func (p *Pass) Exit() { p.guard.Release() }

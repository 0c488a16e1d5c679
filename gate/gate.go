// Package gate is a usage gate. Many goroutines are inside, entering and
// leaving on any core, until an owner freezes it and waits until none is.
package gate

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"unsafe"

	"hazptr"
	"hazptr/internal/hazard"
	"hazptr/internal/perproc"
)

// ErrDying is returned by Enter when the Gate was killed.
var ErrDying = errors.New("gate: dying")

// A Gate lets users of a thing in, and its owner freeze it to change the thing
// while it is not in use:
//
//	pass, err := g.Enter(ctx) // a user: waits while the gate is frozen
//	if err != nil {
//		return err
//	}
//	defer pass.Exit()
//	submit(queue, request)
//
//	if err := g.Freeze(ctx); err != nil { // the owner: waits for the users
//		return err
//	}
//	defer g.Unfreeze()
//	resize(queue)
//
// It is a sync.RWMutex whose read lock costs the same on any number of cores,
// can be given back by another goroutine, and can be waited for with a context;
// whose write lock nests and can be held by several owners, each of which has
// the users out; and that can be killed.
//
// Freezes nest: the first one closes the gate, each waits until no user is
// inside, and the last Unfreeze opens it and wakes the goroutines in Enter. A
// Pass is held for as long as its user likes and given back by any goroutine.
//
// All methods may be called by any goroutine. A goroutine that is inside must
// not Freeze, which would wait for it. It must not Enter again: if a Freeze
// comes in between, both wait for ever. Nothing tells which goroutine is
// inside, so neither mistake is found. There is no fairness: where freezes
// overlap without a break, no Enter ever succeeds.
//
// A Gate is made by New and must not be copied. Methods of a Gate that New did
// not make panic. So does a method that is given a nil Context. The methods of
// a Context are called while nothing is held, and one that panics leaves the
// gate as it was.
//
// In the terminology of the Go memory model, the Exit of each Pass
// "synchronizes before" the return of a Freeze that waited for it, and an
// Unfreeze "synchronizes before" the Enter or TryEnter that gets in because of
// it.
//
// It is the block layer's q_usage_counter (blk_queue_enter,
// blk_mq_freeze_queue), which the kernel builds on percpu_ref, built on hazard
// pointers instead: a Pass is a [hazptr.Guard] of the Gate itself.
type Gate struct {
	made bool // by New

	// open is the Gate, or nil while it is frozen or dying. It is changed under
	// mu. That it comes back to the same value does no harm: what a Freeze
	// waits for is a protection that was validated before it closed the gate.
	open atomic.Pointer[Gate]

	mu      sync.Mutex
	freezes int // that have begun
	frozen  int // of them, how many have succeeded

	// Closed when the gate opens, or dies. It is nil when the gate is dying.
	thawed chan struct{}
}

// New returns an open Gate.
func New() *Gate {
	g := perproc.Apart[Gate]()
	g.made, g.thawed = true, make(chan struct{})
	g.open.Store(g)
	return g
}

// check panics if New has not made the Gate.
func (g *Gate) check(method string) {
	if g == nil || !g.made {
		panic("gate: " + method + " of a Gate that was not made by New")
	}
}

// Enter waits until the gate is open and returns a Pass. It returns ErrDying
// when the gate is dying, and an error that wraps ctx's if ctx ends while it
// waits. An open gate is entered even if ctx has ended.
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
		thawed := g.thawed
		g.mu.Unlock()
		if thawed == nil {
			return Pass{}, ErrDying
		}
		select {
		case <-thawed:
		case <-ctx.Done():
			if p, ok := g.TryEnter(); ok {
				return p, nil // it has opened at the same time
			}
			return Pass{}, fmt.Errorf("gate: Enter: frozen: %w", ctx.Err())
		}
	}
}

// TryEnter returns a Pass if the gate is open, and never blocks.
func (g *Gate) TryEnter() (Pass, bool) {
	g.check("TryEnter")
	guard := hazptr.Acquire(&g.open)
	return Pass{guard}, guard.Ptr() != nil
}

// Freeze closes the gate and waits until no user is inside. If ctx ends first,
// it returns an error that wraps ctx's and the gate is as it was before.
// Otherwise there must be one Unfreeze for each Freeze. A gate that is dying
// can be frozen, too.
func (g *Gate) Freeze(ctx context.Context) error {
	g.check("Freeze")
	if ctx == nil {
		panic("gate: Freeze with a nil Context")
	}
	ended := ctx.Done() // it may panic: before anything is changed
	g.mu.Lock()
	g.freezes++
	g.close()
	g.mu.Unlock()
	inside, looked := hazard.Wait(ended, unsafe.Pointer(g))
	g.mu.Lock()
	if looked && inside == 0 {
		g.frozen++
		g.mu.Unlock()
		return nil
	}
	g.thaw()
	g.mu.Unlock()
	return fmt.Errorf("gate: Freeze: Passes seen inside: %d: %w", inside, ctx.Err())
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

// Kill makes Enter fail with ErrDying and TryEnter fail, from now on and where
// they wait; it does not wait for the users that are inside. It panics the
// second time.
func (g *Gate) Kill() {
	g.check("Kill")
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.thawed == nil {
		panic("gate: Kill of a Gate that was killed already")
	}
	g.close()
	close(g.thawed)
	g.thawed = nil
}

// close lets no user in any more. It is called under mu, as is thaw.
func (g *Gate) close() {
	if g.open.Swap(nil) != nil {
		g.thawed = make(chan struct{})
	}
}

// thaw undoes one Freeze.
func (g *Gate) thaw() {
	g.freezes--
	if g.freezes == 0 && g.thawed != nil {
		g.open.Store(g)
		close(g.thawed)
	}
}

// A Pass is the right to be inside a [Gate]. It must be given back by one Exit,
// in any goroutine.
type Pass struct{ guard hazptr.Guard[Gate] }

// Exit gives the Pass back. Again on the same variable it does nothing; on a
// copy of one that was given back it panics.
func (p *Pass) Exit() { p.guard.Release() }

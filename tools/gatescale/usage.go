package main

import (
	"context"
	"time"

	"hazptr/gate"
	"hazptr/internal/percpugate"
)

// A usage is a gate as its users see it.
type usage struct {
	name   string // in refscale's table of types
	folder string // its package
	hold   func(n int) (exits []func())
	cycle  func(loops int)
	isOpen func() bool
	freeze func()
	thaw   func()
}

// usages returns both gates. The loop that is timed is a function of each
// gate's own, so that no call through an interface is timed.
func usages() []usage {
	onHazards, onPercpuRef := gate.New(), percpugate.New()
	return []usage{
		newUsage("gate", "hazptr/gate", onHazards, func(loops int) {
			for range loops {
				p, _ := onHazards.TryEnter()
				p.Exit()
			}
		}),
		newUsage("gate-percpu", "hazptr/internal/percpugate", onPercpuRef, func(loops int) {
			for range loops {
				p, _ := onPercpuRef.TryEnter()
				p.Exit()
			}
		}),
	}
}

// A gateOf lets in with a P.
type gateOf[P any] interface {
	TryEnter() (P, bool)
	Freeze(context.Context) error
	Unfreeze()
}

// A pass of a gate is its P, by its address.
type pass[P any] interface {
	*P
	Exit()
}

// newUsage makes the usage of g.
func newUsage[P any, E pass[P]](name, folder string, g gateOf[P], cycle func(loops int)) usage {
	return usage{
		name: name, folder: folder, cycle: cycle, thaw: g.Unfreeze,
		hold: func(n int) (exits []func()) {
			for range n {
				p, _ := g.TryEnter()
				exits = append(exits, E(&p).Exit)
			}
			return exits
		},
		isOpen: func() bool {
			p, open := g.TryEnter()
			E(&p).Exit()
			return open
		},
		freeze: func() {
			if err := g.Freeze(context.Background()); err != nil {
				panic(err) // no context here ends
			}
		},
	}
}

// freezing freezes the gate with so many passes held, which are given back when
// it has begun, and returns the time from the beginning of the last Exit to the
// return of Freeze. With none held it is that of Freeze.
func (u *usage) freezing(passes int) time.Duration {
	defer u.thaw()
	if passes == 0 {
		begun := time.Now()
		u.freeze() // here: to start a goroutine would take a fifth as long
		return time.Since(begun)
	}
	exits := u.hold(passes)
	ended := make(chan time.Time)
	go func() {
		u.freeze()
		ended <- time.Now()
	}()
	for u.isOpen() {
		time.Sleep(time.Microsecond)
	}
	time.Sleep(100 * time.Microsecond) // until it waits
	last := len(exits) - 1
	for _, exit := range exits[:last] {
		exit()
	}
	begun := time.Now()
	exits[last]()
	return (<-ended).Sub(begun)
}

// enterWhileHeld returns how many ns enter and exit take while so many passes
// are held.
func (u *usage) enterWhileHeld(passes, loops int) (ns float64) {
	exits := u.hold(passes)
	begun := time.Now()
	u.cycle(loops)
	took := time.Since(begun)
	for _, exit := range exits {
		exit()
	}
	return float64(took.Nanoseconds()) / float64(loops)
}

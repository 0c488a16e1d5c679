package main

import (
	"context"
	"time"

	"hazptr/gate"
	"hazptr/internal/percpugate"
)

// A usage is a gate as its users see it. The loops that are timed are functions of each gate's own, so that no call through an interface is timed.
type usage struct {
	name   string // in refscale's table of types
	folder string // its package
	hold   func(n int) (exits []func())
	cycle  func(loops int)
	isOpen func() bool
	freeze func()
	thaw   func()
}

func usages() []usage { return []usage{ofHazardPointers(), ofPercpuRef()} }

func ofHazardPointers() usage {
	g := gate.New()
	return usage{
		name: "gate", folder: "hazptr/gate",
		hold: func(n int) (exits []func()) {
			for range n {
				p, _ := g.TryEnter()
				exits = append(exits, p.Exit)
			}
			return exits
		},
		cycle: func(loops int) {
			for range loops {
				p, _ := g.TryEnter()
				p.Exit()
			}
		},
		isOpen: func() bool {
			p, open := g.TryEnter()
			p.Exit()
			return open
		},
		freeze: func() { must(g.Freeze(context.Background())) },
		thaw:   g.Unfreeze,
	}
}

func ofPercpuRef() usage {
	g := percpugate.New()
	return usage{
		name: "gate-percpu", folder: "hazptr/internal/percpugate",
		hold: func(n int) (exits []func()) {
			for range n {
				p, _ := g.TryEnter()
				exits = append(exits, p.Exit)
			}
			return exits
		},
		cycle: func(loops int) {
			for range loops {
				p, _ := g.TryEnter()
				p.Exit()
			}
		},
		isOpen: func() bool {
			p, open := g.TryEnter()
			p.Exit()
			return open
		},
		freeze: func() { must(g.Freeze(context.Background())) },
		thaw:   g.Unfreeze,
	}
}

func must(err error) {
	if err != nil {
		panic(err) // no context here ends
	}
}

// frozen freezes the gate with so many passes held, which are given back when it has begun, and returns the time from the beginning of the last Exit to the
// return of Freeze. With none held it is that of Freeze.
func (u *usage) frozen(passes int) time.Duration {
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

// enterWhileHeld returns how many ns enter and exit take while so many passes are held.
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

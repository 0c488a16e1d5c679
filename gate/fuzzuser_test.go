package gate

import (
	"context"
	"errors"

	"hazptr/internal/interleave"
)

// A fuzzUser is one goroutine of FuzzFreeze, which is an owner at times.
type fuzzUser struct {
	*fuzzWorld
	thread *interleave.Thread
}

func (u *fuzzUser) do(o interleave.Operation) {
	switch o.Kind {
	case 0, 1, 2, 3:
		killed := u.killed.Load()
		if p, ok := u.gate.TryEnter(); ok {
			u.enter(p, killed)
		}
	case 4, 5:
		u.exitAll() // who waits has given back what he has, so that none wait for one another
		killed := u.killed.Load()
		switch p, err := u.gate.Enter(context.Background()); {
		case err == nil:
			u.enter(p, killed)
		case !errors.Is(err, ErrDying):
			u.s.Errorf("Enter: %v", err)
		}
	case 6, 7, 8:
		if p, some := u.passes.Take(o.Object); some {
			u.exit(p)
		}
	case 9, 10, 11, 12:
		u.exitAll() // likewise
		if err := u.gate.Freeze(context.Background()); err != nil {
			u.s.Errorf("Freeze: %v", err)
		}
		u.own()
	case 13, 14:
		// One that gives up at once if somebody is inside.
		if u.gate.Freeze(expired()) == nil {
			u.own()
		}
	case 15:
		u.gate.mu.Lock()
		dying := u.gate.dying
		u.gate.mu.Unlock()
		if !dying && o.Object == 3 {
			u.thread.Whole(u.gate.Kill)
			u.killed.Store(true)
		}
	}
}

func (u *fuzzUser) enter(p Pass, killed bool) {
	u.inside.Add(1)
	if u.frozen.Load() != 0 {
		u.s.Errorf("somebody has entered a gate that is frozen")
	}
	if killed {
		u.s.Errorf("somebody has entered a gate that was killed")
	}
	u.passes.Put(u.thread, p)
}

// own is what an owner does who has frozen the gate.
func (u *fuzzUser) own() {
	u.frozen.Add(1)
	for range 2 {
		if n := u.inside.Load(); n != 0 {
			u.s.Errorf("frozen, with %d inside", n)
		}
		u.thread.Step()
	}
	u.frozen.Add(-1)
	u.gate.Unfreeze()
}

func (u *fuzzUser) exit(p Pass) {
	u.inside.Add(-1)
	p.Exit()
}

// exitAll gives back the Passes that it was given.
func (u *fuzzUser) exitAll() {
	for p, some := u.passes.TakeOf(u.thread); some; p, some = u.passes.TakeOf(u.thread) {
		u.exit(p)
	}
}

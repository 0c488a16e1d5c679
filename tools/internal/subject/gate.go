package subject

import (
	"context"
	"time"

	"hazptr/gate"
	"hazptr/tools/internal/mortal"
)

// gated are cells behind a gate, which is frozen to replace an object.
type gated struct {
	gate  *gate.Gate
	cells []Source
}

func newGate(c Config) Subject { return &gated{gate.New(), make([]Source, c.Cells)} }

func (s *gated) NewReader() Reader { return &gateReader{gated: s} }

func (s *gated) Ways() []Way {
	way := func(name string, freeze func()) Way {
		return Way{Name: name, Waits: true, Direct: name == "freeze", Replace: func(cell int, next *mortal.Object, unlinked, ended func(*mortal.Object)) {
			freeze()
			if old := s.cells[cell].Swap(next); old != nil {
				unlinked(old)
				ended(old)
			}
			s.gate.Unfreeze()
		}}
	}
	frozen := func(err error) {
		if err != nil {
			panic(err)
		}
	}
	return []Way{
		way("freeze", func() { frozen(s.gate.Freeze(context.Background())) }),
		way("nested", func() {
			frozen(s.gate.Freeze(context.Background()))
			frozen(s.gate.Freeze(context.Background()))
			s.gate.Unfreeze()
		}),
		way("impatient", func() {
			for {
				ctx, cancel := context.WithTimeout(context.Background(), 20*time.Microsecond)
				err := s.gate.Freeze(ctx)
				cancel()
				if err == nil {
					return
				}
				time.Sleep(50 * time.Microsecond) // a reader may want to enter
			}
		}),
	}
}

func (s *gated) Close(ctx context.Context) error {
	s.gate.Kill()
	return s.gate.Freeze(ctx)
}

type gateReader struct {
	plain
	gated *gated
	pass  gate.Pass
	turns int
}

// Enter seldom waits for the gate: a reader that has waited comes when a freeze
// is over, and is to be there when it begins. The others find nothing while it
// is frozen.
func (r *gateReader) Enter(cell int) *mortal.Object {
	r.turns++
	if r.turns%64 != 0 {
		entered := false
		if r.pass, entered = r.gated.gate.TryEnter(); !entered {
			return nil
		}
	} else {
		var err error
		if r.pass, err = r.gated.gate.Enter(context.Background()); err != nil {
			panic(err)
		}
	}
	return r.gated.cells[cell].Load()
}

func (r *gateReader) Leave() { r.pass.Exit() }

func (r *gateReader) Detach() func() {
	pass := r.pass
	r.pass = gate.Pass{}
	return pass.Exit
}

// Nests is false: a reader that is inside must not enter again.
func (r *gateReader) Nests() bool { return false }

package way

import (
	"context"

	"hazptr/gate"
	"hazptr/internal/percpugate"
)

// hazptrGate lets readers through a gate.Gate, which the updater freezes.
type hazptrGate struct {
	stateless
	gate *gate.Gate
}

func newGate(head *Object) Mechanism {
	return begun(&hazptrGate{gate: gate.New()}, head)
}

func (m *hazptrGate) Join() LoopReader     { return m }
func (m *hazptrGate) Replace(next *Object) { m.swapLocked(freezer{m.gate}, next).end() }

func (m *hazptrGate) Read(loops int) (sum uint64) {
	src, gate := &m.head, m.gate
	for range loops {
		p, ok := gate.TryEnter()
		if !ok {
			p = enter(gate)
		}
		sum += src.Load().value
		p.Exit()
	}
	return sum
}

func (m *hazptrGate) Walk(loops int, delay Delay) (sum uint64) {
	src, gate := &m.head, m.gate
	for range loops {
		p, ok := gate.TryEnter()
		if !ok {
			p = enter(gate)
		}
		o, before := src.Load().walk(sum)
		sum = delay.Spend(before)
		sum += o.value
		p.Exit()
	}
	return sum
}

// percpuGate is hazptrGate with the gate that the Linux block layer has, built
// on percpuref.
type percpuGate struct {
	stateless
	gate *percpugate.Gate
}

func newPercpuGate(head *Object) Mechanism {
	return begun(&percpuGate{gate: percpugate.New()}, head)
}

func (m *percpuGate) Join() LoopReader     { return m }
func (m *percpuGate) Replace(next *Object) { m.swapLocked(freezer{m.gate}, next).end() }

func (m *percpuGate) Read(loops int) (sum uint64) {
	src, gate := &m.head, m.gate
	for range loops {
		p, ok := gate.TryEnter()
		if !ok {
			p = enter(gate)
		}
		sum += src.Load().value
		p.Exit()
	}
	return sum
}

func (m *percpuGate) Walk(loops int, delay Delay) (sum uint64) {
	src, gate := &m.head, m.gate
	for range loops {
		p, ok := gate.TryEnter()
		if !ok {
			p = enter(gate)
		}
		o, before := src.Load().walk(sum)
		sum = delay.Spend(before)
		sum += o.value
		p.Exit()
	}
	return sum
}

// A freezer locks readers out of a gate.
type freezer struct {
	gate interface {
		Freeze(context.Context) error
		Unfreeze()
	}
}

func (f freezer) Lock()   { must(f.gate.Freeze(context.Background())) }
func (f freezer) Unlock() { f.gate.Unfreeze() }

// enter waits where the gate is frozen.
func enter[Pass any](gate interface {
	Enter(context.Context) (Pass, error)
}) Pass {
	p, err := gate.Enter(context.Background())
	must(err)
	return p
}

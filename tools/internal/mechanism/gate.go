package mechanism

import (
	"context"

	"hazptr/gate"
)

// hazptrGate lets readers through a gate.Gate, which the updater freezes.
type hazptrGate struct {
	stateless
	src  source
	gate *gate.Gate
}

func newGate(head *Object) Mechanism {
	m := &hazptrGate{gate: gate.New()}
	m.src.head.Store(head)
	return m
}

func (m *hazptrGate) Join() Reader { return m }

func (m *hazptrGate) Replace(next *Object) {
	if err := m.gate.Freeze(context.Background()); err != nil {
		panic(err)
	}
	m.src.head.Swap(next).end() // nobody is inside
	m.gate.Unfreeze()
}

func (m *hazptrGate) Close() {}

// enter waits where the gate is frozen.
func (m *hazptrGate) enter() gate.Pass {
	p, err := m.gate.Enter(context.Background())
	if err != nil {
		panic(err)
	}
	return p
}

func (m *hazptrGate) Read(loops int) (sum uint64) {
	src, gate := &m.src.head, m.gate
	for range loops {
		p, ok := gate.TryEnter()
		if !ok {
			p = m.enter()
		}
		sum += src.Load().value
		p.Exit()
	}
	return sum
}

func (m *hazptrGate) ReadSlowly(loops int, delay Delay) (sum uint64) {
	src, gate := &m.src.head, m.gate
	for range loops {
		p, ok := gate.TryEnter()
		if !ok {
			p = m.enter()
		}
		o := src.Load()
		sum = delay.Spend(sum)
		sum += o.value
		p.Exit()
	}
	return sum
}

func (m *hazptrGate) Walk(loops int, delay Delay) (sum uint64) {
	src, gate := &m.src.head, m.gate
	for range loops {
		p, ok := gate.TryEnter()
		if !ok {
			p = m.enter()
		}
		for o := src.Load(); o != nil; o = o.next.Load() {
			sum += o.value
		}
		sum = delay.Spend(sum)
		p.Exit()
	}
	return sum
}

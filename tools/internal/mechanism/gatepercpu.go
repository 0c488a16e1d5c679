package mechanism

import (
	"context"

	"hazptr/internal/percpugate"
)

// percpuGate is hazptrGate with the gate that the Linux block layer has, built on percpuref.
type percpuGate struct {
	stateless
	src  source
	gate *percpugate.Gate
}

func newPercpuGate(head *Object) Mechanism {
	m := &percpuGate{gate: percpugate.New()}
	m.src.head.Store(head)
	return m
}

func (m *percpuGate) Join() Reader { return m }

func (m *percpuGate) Replace(next *Object) {
	if err := m.gate.Freeze(context.Background()); err != nil {
		panic(err)
	}
	m.src.head.Swap(next).end() // nobody is inside
	m.gate.Unfreeze()
}

func (m *percpuGate) Close() {}

// enter waits where the gate is frozen.
func (m *percpuGate) enter() percpugate.Pass {
	p, err := m.gate.Enter(context.Background())
	if err != nil {
		panic(err)
	}
	return p
}

func (m *percpuGate) Read(loops int) (sum uint64) {
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

func (m *percpuGate) ReadSlowly(loops int, delay Delay) (sum uint64) {
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

func (m *percpuGate) Walk(loops int, delay Delay) (sum uint64) {
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

package mechanism

import "hazptr/gate"

// hazptrGate lets readers through a gate.Gate, which the updater freezes.
type hazptrGate struct {
	stateless
	source
	gate *gate.Gate
}

func newGate(head *Object) Mechanism {
	return begun(&hazptrGate{gate: gate.New()}, head)
}

func (m *hazptrGate) Join() Reader         { return m }
func (m *hazptrGate) Replace(next *Object) { m.replaceFrozen(m.gate, next) }

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

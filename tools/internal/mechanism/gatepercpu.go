package mechanism

import "hazptr/internal/percpugate"

// percpuGate is hazptrGate with the gate that the Linux block layer has, built
// on percpuref.
type percpuGate struct {
	stateless
	source
	gate *percpugate.Gate
}

func newPercpuGate(head *Object) Mechanism {
	return begun(&percpuGate{gate: percpugate.New()}, head)
}

func (m *percpuGate) Join() Reader         { return m }
func (m *percpuGate) Replace(next *Object) { m.replaceFrozen(m.gate, next) }

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

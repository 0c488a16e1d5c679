package mechanism

// load is an atomic pointer and nothing else: the limit of all that can be had.
// Old objects are left to the garbage collector, so nothing of theirs can be
// unmapped or closed.
type load struct {
	stateless
	source
}

func (m *load) Join() Reader         { return m }
func (m *load) Replace(next *Object) { m.head.Store(next) }

// Read is unrolled, as holderReader's Read is.
func (m *load) Read(loops int) (sum uint64) {
	src := &m.head
	for range loops / 4 {
		sum += src.Load().value
		sum += src.Load().value
		sum += src.Load().value
		sum += src.Load().value
	}
	for range loops % 4 {
		sum += src.Load().value
	}
	return sum
}

func (m *load) Walk(loops int, delay Delay) (sum uint64) {
	src := &m.head
	for range loops {
		o, before := src.Load().walk(sum)
		sum = delay.Spend(before)
		sum += o.value
	}
	return sum
}

package mechanism

// refcnt adds one to the object's reference count, reads, and takes one off. As
// in the kernel's refscale it has no check of zero, which is right only for an
// object that something else keeps alive: between the load of the pointer and
// the increment the object may be replaced. So nothing here ends an object when
// its count falls to zero; old ones are left to the garbage collector.
// refcntCond is the one that may end them.
type refcnt struct {
	stateless
	source
}

func (m *refcnt) Join() Reader         { return m }
func (m *refcnt) Replace(next *Object) { m.head.Store(next) }

func (m *refcnt) Read(loops int) (sum uint64) {
	src := &m.head
	for range loops {
		o := src.Load()
		o.refs.Add(1)
		sum += o.value
		o.refs.Add(-1)
	}
	return sum
}

func (m *refcnt) Walk(loops int, delay Delay) (sum uint64) {
	src := &m.head
	for range loops {
		head := src.Load()
		head.refs.Add(1)
		o, before := head.walk(sum)
		sum = delay.Spend(before)
		sum += o.value
		head.refs.Add(-1)
	}
	return sum
}
